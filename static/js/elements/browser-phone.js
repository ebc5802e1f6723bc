/* <browser-phone data-open="/calls/UID/phone">: answer a call on the page and type as the person called.
   Asks the server for an address and a one-use ticket, then talks to the runner; messages: calls/carriers/browser/__init__.py.
   What the agent says appears as fast as it would be spoken; the runner hears back how much of it was shown. */
import { csrfToken } from "../lib/htmx.js";

const FIRST_MS = 400; // first pause after a lost line; the call waits 10 s for us
const LONGEST_MS = 5000;
const SHOW_MS = 50;
const TELL_MS = 250; // how often the runner hears how much was shown, and that somebody is typing
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
    Object.assign(this, { now: part("now"), ringing: part("ring"), live: part("live"), said: part("said"), form: part("form"), ended: part("over") });
    this.line = this.form.elements.line;
    this.says = [];
    this.shownBefore = "";
    this.tries = 0;
    this.onclick = (e) => this.pressed(e);
    this.form.onsubmit = (e) => { e.preventDefault(); this.sayLine(); };
    this.line.oninput = () => this.typing();
    this.open();
  }

  disconnectedCallback() {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.typingTimer);
    clearInterval(this.clock);
    this.socket?.close();
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
    this.socket = socket;
    socket.onmessage = (e) => this.take(JSON.parse(e.data));
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

  tell(words) {
    if (this.now.textContent !== words) this.now.textContent = words;
  }

  take(message) {
    this.tries = 0;
    switch (message.type) {
      case "wait": this.tell("Waiting until it is your turn"); break;
      case "state": this.show(message.phase); break;
      case "say": this.hear(message); break;
      case "flush": this.says = []; break;
      case "tones": this.tell(`The agent pressed ${message.digits}`); break;
      case "ended": this.end(OVER[message.cause] ?? (message.by === "callee" ? "You hung up." : "The call is over.")); break;
    }
  }

  show(phase) {
    const live = phase === "live";
    const had = this.contains(document.activeElement);
    this.ringing.hidden = live;
    this.live.hidden = !live;
    this.tell(live ? "Talking" : "Ringing");
    this.says = [];
    if (live) {
      this.clock ??= setInterval(() => this.grow(), SHOW_MS);
      if (had) this.line.focus();
    }
  }

  /* The agent begins to speak, or goes on after the line was lost. */
  hear({ ref, text, ms, from }) {
    if (!this.says.length && !from) this.said.textContent = "";
    this.says.push({ ref, text, ms, shown: from, from, began: null, told: 0 });
  }

  grow() {
    const say = this.says[0];
    if (!say) return;
    const now = performance.now();
    if (say.began === null) {
      say.began = now;
      this.shownBefore = say.from ? "" : this.said.textContent;
    }
    const share = say.ms ? (now - say.began) / say.ms : 1;
    say.shown = Math.min(say.text.length, say.from + Math.floor(share * say.text.length));
    this.said.textContent = [this.shownBefore, say.text.slice(0, say.shown)].filter(Boolean).join(" ");
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
    if (button.dataset.phoneKey) this.send({ type: "press", digit: button.dataset.phoneKey });
    else this.send({ type: button.dataset.phoneDo });
  }

  end(words) {
    const had = this.contains(document.activeElement);
    this.over = true;
    clearInterval(this.clock);
    clearTimeout(this.timer);
    this.ringing.hidden = this.live.hidden = true;
    this.ended.hidden = false;
    this.ended.textContent = words;
    this.tell("Over");
    if (had) { this.ended.tabIndex = -1; this.ended.focus(); }
    this.socket?.close();
  }
}

customElements.define("browser-phone", BrowserPhone);
