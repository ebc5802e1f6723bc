/* The draft of a persona: says what is not saved, asks before it is left, keeps the list in the promote dialog true, and offers to put it
   into production or to throw it away only while it differs. */

class PersonaForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.changed = () => this.mark(true);
    this.leaving = (e) => { if (this.unsaved) e.preventDefault(); };
    this.swapped = (e) => { if (e.target.id === "notice" || e.detail.target?.id === "notice") this.copy(); };
    this.form.addEventListener("input", this.changed);
    this.form.addEventListener("change", this.changed);
    this.form.addEventListener("submit", () => { this.unsaved = false; });
    window.addEventListener("beforeunload", this.leaving);
    document.body.addEventListener("htmx:afterSwap", this.swapped);
    this.unsaved = !this.querySelector("[data-unsaved]")?.hidden && Boolean(this.querySelector("[data-unsaved]"));
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.leaving);
    document.body.removeEventListener("htmx:afterSwap", this.swapped);
  }

  mark(unsaved) {
    this.unsaved = unsaved;
    const note = this.querySelector("[data-unsaved]");
    if (note) note.hidden = !unsaved;
    const stands = document.querySelector("[data-stands]");
    if (stands && unsaved) stands.textContent = "not saved yet";
  }

  copy() {
    const notice = document.getElementById("notice"), list = document.querySelector("[data-notice-copy]");
    if (!notice || !list) return;
    list.replaceChildren(...[...notice.children].slice(1).map((part) => part.cloneNode(true)));
    const count = Number(notice.dataset.count), word = document.querySelector("[data-changes]");
    if (word) word.textContent = count ? `${count} ${count === 1 ? "change" : "changes"}` : "No changes";
    for (const button of document.querySelectorAll("[data-when-changed]")) button.hidden = !count;
  }
}

customElements.define("persona-form", PersonaForm);
