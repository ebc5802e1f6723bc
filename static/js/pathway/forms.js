/* The form beside the canvas: fetched for what is chosen, saved when something was changed, renewed without taking away what is typed.
   Also the small forms of one operation each (`data-op`), which work without a script too. */
import { toast } from "../lib/toast.js";

const PAUSE_MS = 1200; // so long after the last key the words are saved, even while the field has the focus

export class Forms {
  constructor(editor, panel) {
    Object.assign(this, { editor, panel, dirty: false, shown: Promise.resolve() });
    panel.addEventListener("input", (e) => { if (this.of(e.target)) { this.dirty = true; clearTimeout(this.timer); this.timer = setTimeout(() => this.flush(), PAUSE_MS); } });
    panel.addEventListener("change", (e) => { if (this.of(e.target)) { this.dirty = true; this.flush(); } });
    editor.addEventListener("submit", (e) => this.submitted(e));
    this.plain();
  }

  of(el) { return el.closest("form[data-form]"); }

  plain() { for (const el of this.panel.querySelectorAll("[data-plain]")) el.hidden = true; }

  submitted(e) {
    const form = e.target;
    if (form.matches("[data-form]")) { e.preventDefault(); this.dirty = true; this.flush(e.submitter); return; }
    if (!form.matches("[data-op]")) return;
    e.preventDefault();
    form.closest("[popover]")?.hidePopover();
    this.operate(form);
  }

  /* A small form as the operation it posts. */
  operate(form) {
    const data = new FormData(form), op = data.get("op"), { editor } = this;
    if (op === "duplicate") editor.duplicate(data.getAll("steps"));
    else if (op === "add") editor.add({ type: data.get("type") });
    else if (op === "connect") editor.connect(data.get("source"), data.get("target"), true);
    else if (op === "remove") { editor.canvas.chosen = new Set(data.getAll("steps")); editor.canvas.focus(); editor.remove(); }
    else if (op === "start") editor.do([{ op, step: data.get("step") }], { said: "Calls start here now." });
    else if (op === "disconnect") editor.do([{ op, id: data.get("id") }], { said: "Way removed.", chosen: {} }).then(() => editor.canvas.focusStep(editor.canvas.back));
    else editor.do([{ op }], { said: "Tidied." }).then(() => editor.canvas.view.fit());
  }

  /* Sends the form if something was typed into it. */
  flush(submitter = null) {
    clearTimeout(this.timer);
    const form = this.panel.querySelector("form[data-form]");
    if (!this.dirty || !form || !this.editor.editable) return;
    this.dirty = false;
    const data = new FormData(form, submitter);
    this.editor.store.form(() => data, this.chosenIn(form));
  }

  chosenIn(form) {
    const { step, way } = form.elements;
    return step ? { step: step.value } : way ? { way: way.value } : {};
  }

  /* Fetches the form of what was chosen. */
  show(chosen) {
    this.flush();
    const address = this.note(chosen);
    this.asked?.abort();
    this.asked = new AbortController();
    this.shown = this.fetch(address, this.asked.signal);
    return this.shown;
  }

  /* Remembers what is chosen, in the address too: a reload shows it again. */
  note({ step, way }) {
    const { editor } = this, chosen = way ? { way } : step ? { step } : {};
    const address = `${editor.dataset.page}?${new URLSearchParams({ v: editor.dataset.version, ...chosen })}`;
    editor.store.chosen = chosen;
    history.replaceState(history.state, "", address);
    return address;
  }

  async fetch(address, signal) {
    const { waiting, sending } = this.editor.store;
    await (waiting.at(-1) ?? sending)?.promise; // what is being saved belongs into the form
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.put(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") toast("The form could not be fetched. Choose the step again.");
    }
  }

  put(html) {
    this.panel.innerHTML = html;
    this.panel.scrollTop = 0;
    this.plain();
    const revision = Number(this.panel.querySelector("form[data-form] [name=revision]")?.value ?? 0);
    if (this.editor.editable && revision > this.editor.store.revision && !this.editor.store.busy) {
      this.editor.store.follow(revision);
      toast("Somebody else saved this draft meanwhile. The page shows what stands there now.");
    }
  }

  /* After a save: the same form keeps its fields and the cursor, another one takes its place. */
  answered(html) {
    if (this.dirty) return;
    const piece = document.createElement("template");
    piece.innerHTML = html;
    const [fresh, here] = [piece.content, this.panel].map((root) => root.querySelector(".pw-side-head").dataset);
    const { step = "", way = "" } = this.editor.store.chosen;
    if (fresh.id !== (way || step)) return; // something else was chosen meanwhile: its form is on its way
    if (fresh.kind !== here.kind || fresh.id !== here.id) { this.put(html); return; }
    for (const el of piece.content.querySelectorAll("[data-plain]")) el.hidden = true;
    const more = this.panel.querySelector("[data-more]")?.open;
    if (more) piece.content.querySelector("[data-more]")?.setAttribute("open", "");
    this.renew(this.panel, piece.innerHTML);
  }

  refused(html) {
    const more = this.panel.querySelector("[data-more]")?.open;
    this.put(html);
    if (more) this.panel.querySelector("[data-more]")?.setAttribute("open", "");
    this.panel.querySelector("[aria-invalid=true], .error")?.scrollIntoView({ block: "nearest" });
  }

  renew(el, html) {
    if (window.Idiomorph) window.Idiomorph.morph(el, html, { morphStyle: "innerHTML", ignoreActiveValue: true });
    else el.innerHTML = html;
  }

  /* Puts the cursor into the first field; `scroll` also brings the form into sight. */
  async focus(scroll = false) {
    await this.shown;
    if (scroll) this.panel.scrollIntoView({ block: "start" });
    const field = this.panel.querySelector("form[data-form] :is(input:not([type=hidden]), textarea, select):enabled");
    (field ?? this.panel).focus({ preventScroll: !scroll });
    if (field?.select && field.matches("input")) field.select();
  }
}
