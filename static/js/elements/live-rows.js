/* <live-rows src="/ws/calls">: keeps the rows of a list of calls true. A row on the page is renewed in place; a call that begins
   appears on top of an unfiltered first page. After a lost connection the list is asked for again: rows carry no seq. */
import { LiveSocket, tellState } from "../lib/live-socket.js";

const MOST_NEW = 50; // rows that may join before the reader is asked to look again

class LiveRows extends HTMLElement {
  connectedCallback() {
    this.joined = 0;
    this.ready = false;
    this.note = this.querySelector("[data-live-note]");
    this.live = new LiveSocket({
      address: () => this.getAttribute("src"),
      onMessage: (message) => this.take(message),
      onState: (state, code) => { this.dataset.line = state; tellState(this.note, state, code); },
    });
  }

  disconnectedCallback() { this.live?.close(); }

  take(message) {
    if (message.type === "ready") {
      // What changed since the page was made, or while the line was lost, is asked for. A page of ended calls cannot have missed their end.
      if (this.ready || this.querySelector("[data-unsettled]")) this.refresh();
      this.ready = true;
    }
    if (message.type === "row") this.row(message);
  }

  refresh() {
    const box = document.getElementById("calls-box");
    if (!box || !window.htmx) return;
    this.joined = 0;
    window.htmx.ajax("GET", location.href, { target: box, swap: "morph:outerHTML" });
  }

  row(message) {
    const old = document.getElementById(`call-${message.call}`);
    if (!message.html) { old?.remove(); return; }
    const piece = document.createElement("template");
    piece.innerHTML = message.html;
    if (old) {
      const focused = old.contains(document.activeElement);
      const fresh = piece.content.firstElementChild;
      old.replaceWith(fresh);
      if (focused) fresh.querySelector("a")?.focus();
      return;
    }
    const table = this.querySelector("table[data-open]");
    if (!table) { if (!this.querySelector("[data-filtered]")) this.refresh(); return; } // the first call of all
    if (table.dataset.open !== "1") return;
    if (this.joined >= MOST_NEW) { this.more(); return; }
    this.joined += 1;
    const body = table.tBodies[0];
    const live = [...body.querySelectorAll(":scope > tr[data-live]")].at(-1);
    if (message.live || !live) body.prepend(piece.content);
    else live.after(piece.content);
  }

  more() {
    if (!this.note) return;
    this.note.hidden = false;
    this.note.textContent = "Many calls have come in since. Load the page again to see all of them.";
  }
}
customElements.define("live-rows", LiveRows);

/* A renewed list must not take back what is being typed into its search field. */
if (window.Idiomorph) window.Idiomorph.defaults.ignoreActiveValue = true;
