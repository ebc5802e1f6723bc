/* <live-home src="/ws/calls">: Home asks for its part again soon after any call of the office changed, and after what was done on it. */
import { LiveSocket, tellState } from "../lib/live-socket.js";

const SOON_MS = 400; // many changes at once make one request

class LiveHome extends HTMLElement {
  connectedCallback() {
    this.note = this.querySelector("[data-live-note]");
    this.onDone = (e) => { if (e.detail.successful && e.detail.requestConfig.verb === "post") this.soon(); };
    this.addEventListener("htmx:afterRequest", this.onDone);
    this.live = new LiveSocket({
      address: () => this.getAttribute("src"),
      onMessage: () => this.soon(),
      onState: (state, code) => { this.dataset.line = state; tellState(this.note, state, code); },
    });
  }

  disconnectedCallback() {
    this.live?.close();
    clearTimeout(this.timer);
    this.removeEventListener("htmx:afterRequest", this.onDone);
  }

  soon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      const today = this.querySelector("#today");
      if (today) window.htmx?.trigger(today, "refresh");
    }, SOON_MS);
  }
}
customElements.define("live-home", LiveHome);
