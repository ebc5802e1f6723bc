/* A socket that comes back. Waits 0.5 s after the first loss, then twice as long each time up to 15 s, never exactly as long as other pages.
   `address` is asked again before every try, so it can name the last seq that is held. `onState` hears "open", "lost" and "refused". */
const FIRST_MS = 500;
const LONGEST_MS = 15000;
const SILENCE_MS = 35000; // the server says something at least every 12 s: silence this long is a dead line
const REFUSED = new Set([4401, 4404]);

export class LiveSocket {
  constructor({ address, onMessage, onState }) {
    Object.assign(this, { address, onMessage, onState });
    this.tries = 0;
    this.wake = () => { if (!this.socket && !this.over && document.visibilityState === "visible") this.open(); };
    this.drop = () => this.again();
    addEventListener("online", this.wake);
    addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.wake);
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    const url = new URL(this.address(), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    this.hear();
    socket.onmessage = (e) => {
      if (socket !== this.socket) return;
      this.hear();
      this.tries = 0;
      this.onState("open");
      this.onMessage(JSON.parse(e.data));
    };
    socket.onclose = (e) => {
      if (socket !== this.socket) return;
      if (REFUSED.has(e.code)) { this.close(); this.onState("refused", e.code); }
      else this.again();
    };
  }

  hear() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), SILENCE_MS);
  }

  again() {
    if (this.over) return;
    this.release();
    this.onState("lost");
    clearTimeout(this.timer);
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    this.timer = setTimeout(() => this.open(), wait);
  }

  release() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    if (socket) { socket.onclose = socket.onmessage = null; socket.close(); }
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.release();
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.wake);
  }
}

/* Says in `note` how the line stands; empty while all is well. */
export function tellState(note, state, code) {
  if (!note) return;
  const words = {
    open: "",
    lost: "Connection lost, trying again. What happens meanwhile appears as soon as it is back.",
    refused: code === 4404 ? "This is not there any more." : "You are signed out. Sign in again to see what happens now.",
  }[state];
  if (note.textContent !== words) note.textContent = words;
  note.hidden = words === "";
}
