/* <browser-phone data-open="/calls/UID/phone" data-capture="…" data-playback="…">: answer a call on the page, speak or type as the person called.
   Asks the server for an address and a one-use ticket, then talks to the runner; messages: calls/carriers/browser/__init__.py.
   What the agent says appears as fast as it is spoken. Without sound, the runner hears back how much of it was shown. */
import { csrfToken } from "../lib/htmx.js";
import { Sound, microphoneTrouble, noSound, openMicrophone } from "../lib/sound.js";

const FIRST_MS = 400; // first pause after a lost line; the call waits 10 s for us
const LONGEST_MS = 5000;
const SHOW_MS = 50;
const TELL_MS = 250; // how often the runner hears how much was shown, and that somebody is typing
const HELD_MS = 300; // a caption waits so long after its sound was dropped
const UNSENT = 16_000; // bytes, a second of sound: more than that waits in a line that is too slow, and would come too late
const TYPE_IT = "Type what you would say.";
const OVER = {
  busy: "The call is over.",
  "no-answer": "Nobody answered.",
  rejected: "You did not answer.",
  canceled: "The call was called off.",
  transferred: "You were handed over. In a rehearsal the call ends here.",
};

class BrowserPhone extends HTMLElement {
  connectedCallback() {
    const part = (name) => this.querySelector(`[data-phone-${name}]`);
    for (const name of ["now", "body", "note", "ring", "live", "said", "sound", "form"]) this[`${name}Part`] = part(name);
    this.endedPart = part("over");
    this.muteButton = part("do=mute");
    this.listenButton = part("do=listen");
    this.levels = { mine: part("level=mine"), theirs: part("level=theirs") };
    this.line = this.formPart.elements.line;
    this.says = [];
    this.shownBefore = "";
    this.tries = 0;
    this.onclick = (e) => this.pressed(e);
    this.formPart.onsubmit = (e) => { e.preventDefault(); this.sayLine(); };
    this.line.oninput = () => this.typing();
    this.open();
  }

  disconnectedCallback() {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.typingTimer);
    clearInterval(this.clock);
    this.socket?.close();
    this.silence();
  }

  async open() {
    let answer;
    try {
      answer = await fetch(this.dataset.open, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    } catch { this.again(); return; }
    if (this.over) return;
    if (answer.status === 409) { this.end("The call is over."); return; }
    if (!answer.ok) {
      if (answer.status < 500) this.end("This call cannot be answered here.");
      else this.again();
      return;
    }
    const { url, ticket } = await answer.json();
    const socket = new WebSocket(`${url}?ticket=${encodeURIComponent(ticket)}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onmessage = (e) => {
      if (e.data instanceof ArrayBuffer) this.audio?.play(e.data);
      else this.take(JSON.parse(e.data));
    };
    socket.onclose = (e) => {
      if (socket !== this.socket || this.over) return;
      if (e.code === 4409) this.end("Another page took this call.");
      else if (e.code === 4404) this.end("There is no such call.");
      else this.again();
    };
  }

  again() {
    if (this.over) return;
    this.socket = null;
    this.tell("Connection lost, trying again");
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    this.timer = setTimeout(() => this.open(), wait);
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  sendFrame(frame) {
    if (this.sounds && this.socket?.readyState === WebSocket.OPEN && this.socket.bufferedAmount < UNSENT) this.socket.send(frame);
  }

  tell(words) {
    if (this.nowPart.textContent !== words) this.nowPart.textContent = words;
  }

  /* Something to know about the sound. "": nothing. */
  note(words) {
    this.notePart.hidden = !words;
    if (this.notePart.textContent !== words) this.notePart.textContent = words;
  }

  take(message) {
    this.tries = 0;
    switch (message.type) {
      case "wait": this.tell("Waiting until it is your turn"); break;
      case "state": this.show(message); break;
      case "say": this.hear(message); break;
      case "said": this.heard(message); break;
      case "mark": this.mark(message.ref); break;
      case "flush": this.flush(); break;
      case "tones": this.tell(`The agent pressed ${message.digits}`); break;
      case "ended": this.end(OVER[message.cause] ?? (message.by === "callee" ? "You hung up." : "The call is over.")); break;
    }
  }

  show({ phase, sound, lacks }) {
    const live = phase === "live";
    const had = this.contains(document.activeElement);
    this.bodyPart.hidden = false;
    this.ringPart.hidden = live;
    this.livePart.hidden = !live;
    this.tell(live ? "Talking" : "Ringing");
    this.says = [];
    this.sounds = live && sound;
    if (!live) { this.ask(sound ? noSound() : lacks); return; }
    this.soundPart.hidden = !sound;
    this.line.placeholder = sound ? "Or type what you say" : "What you say";
    if (sound) this.comeBack();
    else this.typed();
    this.clock ??= setInterval(() => this.grow(), SHOW_MS);
    if (had) (sound && this.audio?.stream ? this.muteButton : this.line).focus();
  }

  /* How the call can be answered; `trouble`: why not with sound. */
  ask(trouble) {
    this.canSpeak = !trouble;
    for (const each of this.querySelectorAll("[data-phone-ask]")) each.hidden = (each.dataset.phoneAsk === "sound") === Boolean(trouble);
    if (!this.asking) this.note(trouble);
  }

  async answer() {
    if (this.asking) return;
    if (this.canSpeak) await this.openSound();
    if (this.over) { this.silence(); return; }
    this.send({ type: "answer", sound: Boolean(this.audio) });
  }

  /* Opens the microphone; without one, there is no sound and the note says why. */
  async openSound() {
    this.asking = true;
    this.note("Your browser asks for the microphone. Without it, you can type.");
    try {
      const stream = await openMicrophone();
      const typed = !this.livePart.hidden && !this.sounds; // answered meanwhile
      if (this.over || typed) { for (const track of stream.getTracks()) track.stop(); return; }
      await this.startSound(stream);
      this.note("");
    } catch (error) {
      this.silence();
      this.note(`${microphoneTrouble(error)} ${TYPE_IT}`);
    } finally {
      this.asking = false;
    }
  }

  async startSound(stream) {
    this.silence();
    this.audio = new Sound({
      modules: [this.dataset.capture, this.dataset.playback],
      onFrame: (frame) => this.sendFrame(frame),
      onPlayed: (ref) => this.send({ type: "played", ref }),
      onLevel: (whose, level) => { this.levels[whose].value = level; },
      onLost: () => { this.muteButton.hidden = true; this.levels.mine.value = 0; this.note(`The microphone is gone. ${TYPE_IT}`); },
    });
    const audio = this.audio;
    await audio.start(stream);
    if (audio === this.audio) this.muteButton.hidden = !stream;
  }

  /* The call has sound. A page that was loaded anew has none yet, and its browser may want a press before it makes any. */
  async comeBack() {
    if (this.audio || this.asking) { this.audio?.flush(); return; }
    if (noSound()) return;
    await this.openSound();
    if (!this.audio && !this.over) await this.startSound(null);
    setTimeout(() => { this.listenButton.hidden = !this.audio || this.audio.running; }, 300);
  }

  /* Without sound. A question for the microphone that is still open does not matter any more. */
  typed() {
    this.silence();
    if (this.asking) this.note("");
  }

  /* No sound (any more). */
  silence() {
    this.audio?.close();
    this.audio = null;
  }

  mute() {
    const on = this.muteButton.getAttribute("aria-pressed") !== "true";
    this.muteButton.setAttribute("aria-pressed", String(on));
    this.audio?.mute(on);
    this.note(on ? "Your microphone is muted: nobody hears you." : "");
  }

  mark(ref) {
    if (this.audio) this.audio.mark(ref);
    else this.send({ type: "played", ref });
  }

  flush() {
    if (this.sounds) {
      this.audio?.flush();
      // It stopped, and how much was heard is said in a moment; or sound sent ahead is only sent anew, and it goes on.
      for (const say of this.says) say.held = performance.now() + HELD_MS;
    } else this.says = [];
  }

  /* The agent begins to speak, or goes on after the line was lost. */
  hear({ ref, text, ms, from }) {
    if (!this.says.length && !from) this.saidPart.textContent = "";
    this.says.push({ ref, text, ms, shown: from, from, began: null, told: 0, held: 0 });
  }

  /* With sound: so much of it was heard. */
  heard({ ref, text }) {
    const say = this.says.find((each) => each.ref === ref);
    if (!say) return;
    this.begin(say);
    this.saidPart.textContent = [this.shownBefore, text].filter(Boolean).join(" ");
    this.says = this.says.filter((each) => each !== say);
    if (!this.says.length) this.typing();
  }

  begin(say) {
    if (say.began !== null) return;
    say.began = performance.now();
    this.shownBefore = say.from ? "" : this.saidPart.textContent;
  }

  grow() {
    const say = this.says[0];
    const now = performance.now();
    if (!say || say.held > now) return;
    this.begin(say);
    const share = say.ms ? (now - say.began) / say.ms : 1;
    say.shown = Math.min(say.text.length, say.from + Math.floor(share * say.text.length));
    this.saidPart.textContent = [this.shownBefore, say.text.slice(0, say.shown)].filter(Boolean).join(" ");
    if (this.sounds) return; // the runner says when it is over
    const whole = say.shown === say.text.length;
    if (whole || now - say.told >= TELL_MS) {
      say.told = now;
      this.send({ type: "heard", ref: say.ref, chars: say.shown });
    }
    if (whole) {
      this.says.shift();
      if (!this.says.length) this.typing(); // what was begun meanwhile counts as speaking from now on
    }
  }

  /* Somebody types: the agent waits. Not told while it speaks: only a line that is said interrupts it. */
  typing() {
    if (this.typingTimer) return;
    this.typingTimer = setTimeout(() => {
      this.typingTimer = null;
      const text = this.line.value.trim();
      if (this.says.length || text === (this.told ?? "")) return;
      this.told = text;
      this.send({ type: "type", text, final: false });
    }, TELL_MS);
  }

  sayLine() {
    const text = this.line.value.trim();
    if (!text) return;
    clearTimeout(this.typingTimer);
    this.typingTimer = null;
    this.told = "";
    this.send({ type: "type", text, final: true });
    this.line.value = "";
    this.line.focus();
  }

  pressed(e) {
    const button = e.target.closest("[data-phone-do], [data-phone-key]");
    if (!button) return;
    if (button.dataset.phoneKey) { this.send({ type: "press", digit: button.dataset.phoneKey }); return; }
    switch (button.dataset.phoneDo) {
      case "answer": this.answer(); break;
      case "type": this.send({ type: "answer", sound: false }); break;
      case "mute": this.mute(); break;
      case "listen": this.audio?.resume().then(() => { this.listenButton.hidden = true; }); break;
      default: this.send({ type: button.dataset.phoneDo }); // decline, hangup
    }
  }

  end(words) {
    const had = this.contains(document.activeElement);
    this.over = true;
    clearInterval(this.clock);
    clearTimeout(this.timer);
    this.silence();
    this.note("");
    this.bodyPart.hidden = false;
    this.ringPart.hidden = this.livePart.hidden = true;
    this.endedPart.hidden = false;
    this.endedPart.textContent = words;
    this.tell("Over");
    if (had) { this.endedPart.tabIndex = -1; this.endedPart.focus(); }
    this.socket?.close();
  }
}

customElements.define("browser-phone", BrowserPhone);
