/* <call-player data-seconds="106.2">: plays the recording, moves the head over the drawing and marks the line that is heard.
   A line's time and every quote lead to their second. What it needs stands in the page; without this file the browser's controls play. */
const WIDTH = 1000; // of the drawing
const EARLY = 0.05; // seconds: a line counts from a breath before its first sound
const TYPING = "a, button, input, select, textarea, summary, dialog, [contenteditable], [tabindex]:not(main)";

const clock = (s) => {
  const whole = Math.floor(s), two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60, hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

class CallPlayer extends HTMLElement {
  connectedCallback() {
    const part = (name) => this.querySelector(`[data-${name}]`);
    this.audio = this.querySelector("audio");
    if (!this.audio) return;
    this.audio.controls = false;
    this.seek = this.querySelector(".seek");
    this.speed = this.querySelector(".speed");
    Object.assign(this, { past: part("past"), hit: part("hit"), head: part("head"), now: part("now"), button: part("play"), wrong: part("wrong") });
    this.total = Number(this.dataset.seconds);
    this.place = this.closest("live-feed") ?? document.body;
    this.timeLines();

    this.seek.oninput = () => this.to(Number(this.seek.value));
    this.seek.onkeydown = (e) => this.keyed(e);
    this.speed.onchange = () => { this.audio.playbackRate = Number(this.speed.value); };
    this.audio.onplay = this.audio.onpause = this.audio.onended = () => this.playing();
    this.audio.ontimeupdate = this.audio.onseeked = () => this.show();
    this.audio.onerror = () => this.fail();
    this.onClick = (e) => this.pressed(e);
    this.onKey = (e) => {
      if (e.key !== " " || e.defaultPrevented || e.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
      e.preventDefault();
      this.toggle();
    };
    this.place.addEventListener("click", this.onClick);
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    this.audio?.pause();
    this.place?.removeEventListener("click", this.onClick);
    document.removeEventListener("keydown", this.onKey);
  }

  /* Lines that came while the call ran have a time that leads nowhere yet. */
  timeLines() {
    for (const time of this.place.querySelectorAll(".say[data-start] > span.say-t")) {
      const link = document.createElement("a"), at = time.textContent.trim();
      link.className = time.className;
      link.href = `${this.audio.getAttribute("src")}#t=${time.parentElement.dataset.start}`;
      link.setAttribute("aria-label", `Hear from ${at}`);
      const icon = this.querySelector(".pl-go").cloneNode(true);
      icon.setAttribute("class", "i");
      link.append(icon, at);
      time.replaceWith(link);
    }
  }

  lines() { return [...this.place.querySelectorAll(".say[data-start]")].map((el) => ({ el, at: Number(el.dataset.start) })); }

  pressed(e) {
    if (e.metaKey || e.ctrlKey || e.shiftKey) return;
    const time = e.target.closest("a.say-t"), quote = e.target.closest('a.proof[href^="#line-"]'), skip = e.target.closest("[data-skip]");
    if (e.target.closest("[data-play]")) this.toggle();
    else if (skip && this.contains(skip)) this.to(this.audio.currentTime + Number(skip.dataset.skip));
    else if (time) { e.preventDefault(); this.hear(time.closest(".say")); }
    else if (quote) this.hear(document.getElementById(quote.hash.slice(1))); // the link itself brings the line into view
  }

  keyed(e) {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[e.key];
    if (e.key === " ") { e.preventDefault(); this.toggle(); }
    if (!step) return;
    e.preventDefault();
    this.to(this.audio.currentTime + step);
  }

  hear(line) {
    if (line?.dataset.start === undefined) return;
    this.to(Number(line.dataset.start));
    this.play();
  }

  toggle() { if (this.audio.paused) this.play(); else this.audio.pause(); }

  play() {
    if (this.audio.ended) this.to(0);
    this.audio.play().catch((error) => { if (error.name !== "AbortError") this.fail(); });
  }

  fail() {
    this.wrong.hidden = false;
    this.playing();
  }

  to(seconds) {
    this.audio.currentTime = Math.max(0, Math.min(this.total, seconds));
    this.show();
  }

  playing() {
    const on = !this.audio.paused && !this.audio.ended;
    this.toggleAttribute("data-on", on);
    this.button.setAttribute("aria-label", on ? "Pause" : "Play");
    if (on) requestAnimationFrame(() => this.follow());
    this.show();
  }

  follow() {
    if (this.audio.paused || !this.isConnected) return;
    this.show();
    requestAnimationFrame(() => this.follow());
  }

  show() {
    const s = this.audio.currentTime, x = (s / this.total) * WIDTH;
    this.past.setAttribute("width", x);
    this.head.setAttribute("d", `M${x} 0V84`);
    this.seek.value = s;
    if (this.now.textContent !== clock(s)) {
      this.now.textContent = clock(s);
      this.seek.setAttribute("aria-valuetext", `${clock(s)} of ${clock(this.total)}`);
    }
    this.mark(s);
  }

  /* The line that is heard at this second; none before the first. */
  mark(s) {
    const lines = this.lines();
    const at = lines.findLastIndex((line) => line.at <= s + EARLY);
    const begun = s > 0 || !this.audio.paused;
    const hot = begun ? lines[at] : undefined;
    if (hot?.el === this.hot) return;
    this.hot?.removeAttribute("data-hot");
    this.hot?.removeAttribute("aria-current");
    this.hot = hot?.el;
    this.hot?.setAttribute("data-hot", "");
    this.hot?.setAttribute("aria-current", "true");
    const from = hot ? hot.at : 0, until = hot ? (lines[at + 1]?.at ?? this.total) : 0;
    this.hit.setAttribute("x", (from / this.total) * WIDTH);
    this.hit.setAttribute("width", Math.max(0, ((until - from) / this.total) * WIDTH));
  }
}
customElements.define("call-player", CallPlayer);
