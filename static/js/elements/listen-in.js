/* <listen-in data-open="/calls/UID/listen" data-worklet="…/listen-player.js">: hear a live call.
   Asks the server for an address and a one-use ticket, then plays what the runner sends: calls/carriers/listening.py. */
import { csrfToken } from "../lib/htmx.js";

const RATE = 8000;
const ENDED = { 1000: "The call is over.", 4401: "Listening in was refused. Press once more.", 4404: "This call has no sound to hear." };

class ListenIn extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.words = this.querySelector("[data-words]");
    this.button.onclick = () => { if (this.context) this.stop(""); else this.start(); };
  }

  disconnectedCallback() { this.stop(""); }

  async start() {
    if (!window.AudioWorkletNode) { this.tell("Listening in needs HTTPS, or this page on the machine itself."); return; }
    const context = this.context = new AudioContext({ sampleRate: RATE }); // in the press itself: browsers ask for that
    this.show(true, "Connecting");
    try {
      await context.audioWorklet.addModule(this.dataset.worklet);
      const answer = await fetch(this.dataset.open, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
      if (context !== this.context) return;
      if (answer.status === 409) { this.stop("There is nothing to hear now."); return; }
      if (!answer.ok) { this.stop("Listening in did not work. Press once more."); return; }
      const { url, ticket } = await answer.json();
      if (context === this.context) this.open(context, `${url}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      if (context === this.context) this.stop("Listening in did not work. Press once more.");
    }
  }

  open(context, address) {
    const player = new AudioWorkletNode(context, "listen-player", { numberOfInputs: 0, outputChannelCount: [1] });
    player.connect(context.destination);
    const socket = this.socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      if (this.words.textContent !== "You hear both sides. Nobody hears you.") this.tell("You hear both sides. Nobody hears you.");
      const samples = Float32Array.from(new Int16Array(data), (sample) => sample / 32768);
      player.port.postMessage(samples, [samples.buffer]);
    };
    socket.onclose = ({ code }) => { if (socket === this.socket) this.stop(ENDED[code] ?? "The connection was lost. Press once more."); };
  }

  stop(words) {
    const { socket, context } = this;
    this.socket = this.context = null;
    socket?.close();
    context?.close();
    this.show(false, words);
  }

  show(on, words) {
    this.toggleAttribute("data-on", on);
    this.button.setAttribute("aria-pressed", String(on));
    this.tell(words);
  }

  tell(words) { this.words.textContent = words; }
}
customElements.define("listen-in", ListenIn);
