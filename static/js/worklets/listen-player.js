/* Plays sound as it comes in. Waits for a little of it, so that uneven steps are not heard, and leaves out what piles up: live is live. */
const START_MS = 100;
const MOST_MS = 500;

class ListenPlayer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frames = []; // Float32Array each
    this.held = 0; // samples in them
    this.at = 0; // place in the first
    this.going = false;
    this.port.onmessage = ({ data }) => {
      this.frames.push(data);
      this.held += data.length;
      while (this.held > (MOST_MS / 1000) * sampleRate) this.drop();
    };
  }

  drop() {
    const first = this.frames.shift();
    this.held -= first.length - this.at;
    this.at = 0;
  }

  process(_inputs, [[out]]) {
    if (!this.going && this.held < (START_MS / 1000) * sampleRate) return true;
    this.going = true;
    for (let n = 0; n < out.length; n += 1) {
      if (!this.held) { this.going = false; break; } // ran dry: gather again
      const first = this.frames[0];
      out[n] = first[this.at];
      this.at += 1;
      this.held -= 1;
      if (this.at === first.length) { this.frames.shift(); this.at = 0; }
    }
    return true;
  }
}
registerProcessor("listen-player", ListenPlayer);
