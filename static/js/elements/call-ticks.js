/* <call-ticks>: ticks in the list of calls. Says how many there are, ticks all on a page, and keeps ticks when rows are renewed.
   Without it the bar of deeds shows up all the same (style), and its form carries what is ticked. */
class CallTicks extends HTMLElement {
  connectedCallback() {
    this.ticked = new Set();
    this.last = null;
    this.addEventListener("change", (e) => this.changed(e.target));
    this.addEventListener("click", (e) => this.clicked(e));
    this.addEventListener("reset", () => setTimeout(() => this.clear()));
    this.onSettle = () => this.restore();
    document.addEventListener("htmx:afterSettle", this.onSettle);
    this.watch = new MutationObserver(() => this.restore());
    this.watch.observe(this, { childList: true, subtree: true });
    for (const box of this.boxes()) if (box.checked) this.ticked.add(box.value); // the browser came back to this page
    this.tell();
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:afterSettle", this.onSettle);
    this.watch.disconnect();
  }

  boxes() { return [...this.querySelectorAll("[data-tick]")]; }

  changed(box) {
    if (box.matches("[data-tick-all]")) for (const each of this.boxes()) this.mark(each, box.checked);
    else if (box.matches("[data-tick]")) this.mark(box, box.checked);
    else if (!box.matches("[data-bulk-all]")) return;
    this.tell();
  }

  /* With shift, all between the last tick and this one. */
  clicked(e) {
    const box = e.target.closest("[data-tick]");
    if (!box) return;
    const all = this.boxes();
    const [from, to] = [all.indexOf(this.last), all.indexOf(box)];
    if (e.shiftKey && from >= 0) for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) this.mark(each, box.checked);
    this.last = box;
  }

  mark(box, on) {
    box.checked = on;
    if (on) this.ticked.add(box.value);
    else this.ticked.delete(box.value);
  }

  clear() {
    this.ticked.clear();
    this.restore();
  }

  /* Rows that were renewed come unticked; those that went take their tick along. */
  restore() {
    const boxes = this.boxes();
    const here = new Set(boxes.map((box) => box.value));
    for (const uid of this.ticked) if (!here.has(uid)) this.ticked.delete(uid);
    for (const box of boxes) if (box.checked !== this.ticked.has(box.value)) box.checked = this.ticked.has(box.value);
    this.tell();
  }

  tell() {
    const words = this.querySelector("[data-bulk-words]");
    const every = this.querySelector("[data-bulk-all]")?.checked;
    const said = every ? "All of them:" : `${this.ticked.size} ticked, or`;
    if (words && words.textContent !== said) words.textContent = said;
    const all = this.querySelector("[data-tick-all]");
    if (!all) return;
    const count = this.boxes().length;
    all.checked = count > 0 && this.ticked.size === count;
    all.indeterminate = this.ticked.size > 0 && this.ticked.size < count;
  }
}
customElements.define("call-ticks", CallTicks);
