/* The microphone and the loudspeaker of a call on the page. What goes over the wire is as in static/js/worklets: 8 kHz, 16 bit, mono, 20 ms. */

/* Why this page cannot have a microphone, before anybody is asked; "" when it can. */
export function noSound() {
  if (!window.isSecureContext) return "The microphone works only over https or on localhost, and this page has neither.";
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return "This browser cannot carry the sound of a call.";
  return "";
}

/* Why `openMicrophone` failed, in words. */
export function microphoneTrouble(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError": return "This page may not use the microphone. You can allow it beside the address, for the next call.";
    case "NotFoundError":
    case "OverconstrainedError": return "No microphone was found.";
    case "NotReadableError": return "The microphone cannot be opened: another program may have it.";
    default: return "The microphone cannot be opened.";
  }
}

/* Asks for it. Our own loudspeaker must not come back through it; all else is left as it sounds, which is recognised best. */
export function openMicrophone() {
  const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true };
  return navigator.mediaDevices.getUserMedia({ audio });
}

export class Sound {
  /* `modules`: addresses of the worklets capture and playback. `onFrame(ArrayBuffer)`, `onPlayed(ref)`, `onLevel("mine" or "theirs", 0 to 1)`,
     `onLost()`: the microphone is gone. */
  constructor({ modules, onFrame, onPlayed, onLevel, onLost }) {
    Object.assign(this, { modules, onFrame, onPlayed, onLevel, onLost });
    this.context = new AudioContext({ latencyHint: "interactive" });
  }

  /* Without a stream it only plays. */
  async start(stream) {
    this.stream = stream;
    await Promise.all(this.modules.map((address) => this.context.audioWorklet.addModule(address)));
    if (this.context.state === "closed") return;
    this.player = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.player.port.onmessage = ({ data }) => {
      if (data.played !== undefined) this.onPlayed(data.played);
      else this.onLevel("theirs", data.level);
    };
    this.player.connect(this.context.destination);
    if (stream) this.listen(stream);
  }

  listen(stream) {
    this.ear = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0 });
    let since = 0;
    let loudest = 0;
    this.ear.port.onmessage = ({ data }) => {
      this.onFrame(data.pcm);
      loudest = Math.max(loudest, data.level);
      since += 1;
      if (since < 5) return;
      this.onLevel("mine", loudest);
      since = loudest = 0;
    };
    this.context.createMediaStreamSource(stream).connect(this.ear);
    for (const track of stream.getAudioTracks()) track.onended = () => this.onLost();
  }

  /* False: the browser wants a press on the page first (`resume`). */
  get running() { return this.context.state === "running"; }

  resume() { return this.context.resume(); }

  play(frame) { this.player?.port.postMessage({ frame }, [frame]); }

  /* Without a player there is nothing to wait for. */
  mark(ref) {
    if (this.player && this.running) this.player.port.postMessage({ mark: ref });
    else this.onPlayed(ref);
  }

  flush() { this.player?.port.postMessage({ flush: true }); }

  /* Silence goes out instead: the far end notices that somebody stopped speaking. */
  mute(on) {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !on;
  }

  close() {
    this.player?.port.postMessage({ close: true });
    this.ear?.port.postMessage({ close: true });
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    if (this.context.state !== "closed") this.context.close();
  }
}
