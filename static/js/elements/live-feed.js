/* <live-feed src="/ws/calls/UID" data-seq="7">: keeps the Call page true while the call runs.
   Holds the seq of the newest event on the page. Asks for what follows it, takes nothing twice, and asks again when it sees a gap. */
import { LiveSocket, tellState } from "../lib/live-socket.js";

const NEAR_PX = 48; // this close to the end counts as reading the newest line

class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.seq = Number(this.dataset.seq);
    this.shown = {};
    this.lines = this.querySelector("[data-lines]");
    this.log = this.querySelector("[data-log]");
    this.box = this.querySelector("[data-scroll]");
    this.tail = this.querySelector("[data-tail]");
    this.note = this.querySelector("[data-live-note]");
    this.jump = this.querySelector("[data-jump]");
    this.held = false;
    if (!this.hasAttribute("src")) return;
    this.onClick = (e) => this.pressed(e);
    this.onScroll = () => this.lookAround();
    this.onKey = (e) => {
      const whisper = this.querySelector("[data-whisper]:not([hidden])");
      if (e.key !== "w" || !whisper || e.metaKey || e.ctrlKey || e.altKey || e.target.closest("input, textarea, select, dialog")) return;
      e.preventDefault();
      this.querySelector("#hint")?.focus();
    };
    this.addEventListener("click", this.onClick);
    this.addEventListener("htmx:afterRequest", (e) => this.sent(e));
    document.addEventListener("keydown", this.onKey);
    this.box.addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("scroll", this.onScroll, { passive: true });
    this.box.scrollTop = this.box.scrollHeight;
    this.live = new LiveSocket({
      address: () => `${this.getAttribute("src")}?after=${this.seq}`,
      onMessage: (message) => this.take(message),
      onState: (state, code) => { this.dataset.line = state; if (state !== "open") this.sound({ agent: 0, callee: 0 }); tellState(this.note, state, code); },
    });
  }

  disconnectedCallback() {
    this.live?.close();
    removeEventListener("scroll", this.onScroll);
    document.removeEventListener("keydown", this.onKey);
  }

  /* What was sent is gone from its field; a press after that is a new one. */
  sent(e) {
    if (!e.detail.successful || e.detail.xhr.status >= 400) return; // 422 is swapped in, with what was wrong
    e.target.closest("[popover]")?.hidePopover();
    if (e.target.closest("#hand-d")) e.target.closest("dialog").close();
    const form = e.target.closest("[data-clears]");
    if (!form) return;
    form.reset();
    form.elements.token.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  }

  take(message) {
    if (message.type === "levels") this.sound(message);
    if (message.type !== "events") return;
    if (message.after > this.seq) { this.live.again(); return; } // something between is missing: ask for it
    if (message.seq < this.seq) return; // older than the page
    const following = this.atEnd() && !this.held;
    const added = this.append(this.lines, message.lines, "enter");
    this.append(this.log, message.log);
    this.seq = message.seq;
    this.dataset.seq = String(message.seq);
    for (const [name, html] of Object.entries(message.parts)) this.renew(name, html);
    this.dataset.state = message.state;
    this.toggleAttribute("data-taken", message.taken);
    this.settle();
    if (following) this.toEnd();
    else if (added && this.jump) this.jump.hidden = false;
  }

  /* Moves the meters. A level that is not told again has not changed; one that was told before the line was lost is not known any more. */
  sound({ agent, callee }) {
    for (const [side, level] of Object.entries({ agent, callee })) {
      const meter = this.querySelector(`[data-level="${side}"]`);
      if (meter) meter.value = level;
    }
  }

  /* Shows what fits the state of the call and who speaks: the agent or a person. */
  settle() {
    const mode = this.hasAttribute("data-taken") ? "person" : "agent";
    for (const el of this.querySelectorAll("[data-when], [data-mode]")) {
      const now = (el.dataset.when ?? this.dataset.state).split(" ").includes(this.dataset.state);
      el.hidden = !now || (el.dataset.mode ?? mode) !== mode;
    }
  }

  /* Adds the elements that are newer than the page; says how many. */
  append(list, html, mark) {
    const piece = document.createElement("template");
    piece.innerHTML = html;
    const fresh = [...piece.content.children].filter((el) => Number(el.dataset.seq) > this.seq);
    if (mark) for (const el of fresh) el.classList.add(mark);
    list.append(...fresh);
    return fresh.length;
  }

  /* Replaces a part only when it changed, in place, so that focus and open menus stay. */
  renew(name, html) {
    if (this.shown[name] === html) return;
    this.shown[name] = html;
    const part = document.getElementById(`call-${name}`);
    if (!part) return;
    if (window.Idiomorph) window.Idiomorph.morph(part, html, { morphStyle: "innerHTML", ignoreActiveValue: true });
    else part.innerHTML = html;
    window.htmx?.process(part);
  }

  scrolls() { return this.box.scrollHeight > this.box.clientHeight + 1 && getComputedStyle(this.box).overflowY !== "visible"; }

  atEnd() {
    if (this.scrolls()) return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_PX;
    const end = this.tail.getBoundingClientRect().top;
    return end < innerHeight + NEAR_PX && end > 0;
  }

  toEnd() {
    if (this.scrolls()) this.box.scrollTop = this.box.scrollHeight;
    else this.tail.scrollIntoView({ block: "center" });
    if (this.jump) this.jump.hidden = true;
  }

  lookAround() { if (this.jump && this.atEnd()) this.jump.hidden = true; }

  pressed(e) {
    const hold = e.target.closest("[data-hold]");
    if (hold) {
      this.held = !this.held;
      hold.setAttribute("aria-pressed", String(this.held));
      if (!this.held) this.toEnd();
    }
    if (e.target.closest("[data-jump] button")) this.toEnd();
    if (e.target.closest("[data-whisper]")) this.querySelector("#hint")?.focus();
    if (e.target.closest("[data-larger]")) this.querySelector(".transcript").toggleAttribute("data-large");
  }
}
customElements.define("live-feed", LiveFeed);
