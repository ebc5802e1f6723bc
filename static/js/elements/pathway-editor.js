/* <pathway-editor>: the page around the canvas. Does what the canvas, the keys, the buttons and the forms ask for, through one Store;
   shows what the server answers: picture, list, problems, the form of what is chosen. */
import { announce, toast } from "../lib/toast.js";
import { Forms } from "../pathway/forms.js";
import { Store } from "../pathway/store.js";
import "./pathway-canvas.js";

const KEPT = "pathway:copied"; // what was copied, for other pathways of this browser too
const NARROW = matchMedia("(width < 48rem)");

class PathwayEditor extends HTMLElement {
  connectedCallback() {
    if (this.store) return;
    this.canvas = this.querySelector("pathway-canvas");
    this.editable = this.hasAttribute("data-editable");
    this.shell = this.querySelector(".pw");
    this.dialog = this.querySelector("#pw-stale");
    for (const el of this.querySelectorAll("[data-script]")) el.removeAttribute("hidden"); // SVG has no property of that name
    this.store = new Store({
      graph: JSON.parse(document.getElementById("pw-graph").textContent),
      version: Number(this.dataset.version), revision: Number(this.dataset.revision),
      operations: this.dataset.operations, save: this.dataset.save,
      tell: (what, detail) => this.heard(what, detail),
    });
    this.forms = new Forms(this, this.part("panel"));
    this.show(NARROW.matches ? "list" : "map");
    this.listen();
    this.canvas.dataset.side = this.editable ? "56" : "0";
    this.canvas.withMap(this.querySelector(".pw-mini"));
    this.shownZoom();
    const { step, way } = this.panelOf();
    this.canvas.way = way ?? null;
    this.canvas.chosen = new Set(step ? [step] : []);
    this.canvas.mark();
    this.store.chosen = step ? { step } : way ? { way } : {};
  }

  part(name) { return this.querySelector(`[data-part="${name}"]`); }

  panelOf() {
    const { kind, id } = this.querySelector(".pw-side-head").dataset;
    return kind === "step" ? { step: id } : kind === "way" ? { way: id } : {};
  }

  listen() {
    const on = (name, work) => this.addEventListener(`pathway:${name}`, (e) => work(e.detail));
    on("zoom", () => this.shownZoom());
    on("choose", (chosen) => this.forms.show(chosen));
    on("edit", () => this.forms.focus());
    on("route", (route) => this.canvas.light(route));
    on("do", ({ operations, said }) => this.do(operations, { said }));
    on("connect", ({ source, target, byKey }) => this.connect(source, target, byKey));
    on("new", (where) => this.menu(where));
    on("copy", () => this.copy());
    on("cut", () => { if (this.copy()) this.remove(); });
    on("paste", () => this.paste());
    on("duplicate", () => this.duplicate());
    on("remove", () => this.remove());
    this.addEventListener("click", (e) => this.pressed(e));
    this.addEventListener("keydown", (e) => this.key(e));
    document.addEventListener("keydown", (e) => this.turnKey(e)); // wherever the focus is
    this.querySelector("#pw-new").addEventListener("keydown", (e) => this.menuKey(e));
    this.dialog.addEventListener("cancel", (e) => e.preventDefault()); // a choice is needed
    addEventListener("beforeunload", (e) => { if ((this.store.busy || this.forms.dirty) && !this.store.leaving) e.preventDefault(); });
  }

  key(e) {
    if (e.key !== "Escape" || !this.part("panel").contains(e.target) || e.target.closest("[popover]")) return;
    const { step, way } = this.store.chosen, source = this.canvas.picture.edges.get(way)?.from;
    this.forms.flush();
    if (source) this.canvas.choose({ step: source });
    this.canvas.focusStep(step ?? source);
  }

  turnKey(e) {
    const key = e.key.toLowerCase();
    if (!(e.ctrlKey || e.metaKey) || !this.editable || (key !== "z" && key !== "y") || !this.isConnected) return;
    if (e.target.closest?.("input, textarea, select, dialog")) return;
    e.preventDefault();
    this.turn(key === "y" || e.shiftKey ? "redo" : "undo");
  }

  pressed(e) {
    const at = (name) => e.target.closest(`[data-${name}]`);
    const link = e.target.closest("a[data-step], a[data-way-to], a[data-whole], a[data-step-to]");
    if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); this.follow(link); return; }
    if (at("add")) this.add({ type: at("add").dataset.add, place: this.free() });
    else if (at("kind")) this.add({ type: at("kind").dataset.kind, ...this.where });
    else if (at("new-step")) this.menu({ at: [e.clientX, e.clientY] });
    else if (at("undo")) this.turn("undo");
    else if (at("redo")) this.turn("redo");
    else if (at("show")) this.show(at("show").dataset.show);
    else if (at("zoom")) this.zoom(at("zoom").dataset.zoom);
    else if (at("keep")) { this.dialog.close(); this.store.choose(at("keep").dataset.keep); }
    else if (at("to-problems")) this.querySelector("#pw-problems").focus();
  }

  /* A link of the list, the problems or the form leads to its step or way. */
  follow(link) {
    const query = new URL(link.href).searchParams;
    const chosen = query.get("way") ? { way: query.get("way") } : query.get("step") ? { step: query.get("step") } : {};
    const inPanel = this.part("panel").contains(link), listed = this.shell.dataset.view === "list";
    this.canvas.choose(chosen);
    if (listed || inPanel) this.forms.shown.then(() => this.forms.focus(!inPanel || listed));
    else if (chosen.step) this.canvas.focusStep(chosen.step);
  }

  show(view) {
    this.shell.dataset.view = view;
    for (const button of this.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === view));
  }

  zoom(how) {
    const { view } = this.canvas;
    if (how === "fit") view.fit();
    else view.to(how === "one" ? 1 : how === "in" ? view.zoom * 1.2 : view.zoom / 1.2);
  }

  shownZoom() { this.querySelector('[data-zoom="one"]').textContent = `${Math.round(this.canvas.view.zoom * 100)}%`; }

  async do(operations, { said, chosen, focus } = {}) {
    if (!this.editable) return null;
    this.forms.flush(); // what was typed is saved first
    const before = this.store.chosen;
    if (chosen) this.forms.note(chosen);
    const answer = await this.store.do(operations, { chosen });
    if (!answer) { this.forms.note(before); return null; }
    if (said) announce(said);
    if (chosen) { this.canvas.chosen = new Set(chosen.step ? [chosen.step] : []); this.canvas.way = chosen.way ?? null; this.canvas.mark(); }
    if (focus) this.canvas.focusStep(focus);
    return answer;
  }

  async add({ type, from, place }) {
    const id = crypto.randomUUID?.() ?? `step_${Date.now()}`;
    const operation = { op: "add", type, id };
    if (place) [operation.x, operation.y] = place;
    if (from) operation.from = from;
    this.querySelector("#pw-new").hidePopover();
    await this.do([operation], { chosen: { step: id }, focus: id });
    announce(`${this.canvas.picture.name(id)} added${from ? ` after ${this.canvas.picture.name(from)}` : ""}.`);
    if (this.shell.dataset.view === "list") this.forms.focus(true);
  }

  /* A place in the middle of what is seen, or beside it. */
  free() {
    if (!this.canvas.picture.nodes.size || !this.canvas.clientWidth) return null;
    const [x, y] = this.canvas.view.middle();
    return [Math.round((x - 88) / 4) * 4, Math.round((y - 39) / 4) * 4];
  }

  async connect(source, target, byKey) {
    const { picture } = this.canvas, id = crypto.randomUUID?.() ?? `way_${Date.now()}`;
    this.canvas.back = source;
    const answer = await this.do([{ op: "connect", source, target, id }], { chosen: { way: id }, said: `${picture.name(source)} leads to ${picture.name(target)}.` });
    if (answer && byKey) this.forms.focus();
  }

  menu({ from = null, place = null, at = null }) {
    const menu = this.querySelector("#pw-new");
    this.where = { from, place: place ?? (from ? null : this.free()) };
    this.canvas.back = from;
    menu.querySelector("[data-new-words]").textContent = from ? `New step after ${this.canvas.picture.name(from)}` : "New step";
    menu.showPopover();
    const box = at ? null : (this.canvas.picture.nodes.get(from)?.el ?? this.canvas).getBoundingClientRect();
    const [x, y] = at ?? [box.left + (from ? box.width / 2 : 80), from ? box.bottom : box.top + 40];
    const room = menu.getBoundingClientRect();
    menu.style.setProperty("left", `${Math.max(8, Math.min(x, innerWidth - room.width - 8))}px`);
    menu.style.setProperty("top", `${Math.max(8, Math.min(y, innerHeight - room.height - 8))}px`);
    menu.querySelector("[data-kind]").focus();
  }

  menuKey(e) {
    const items = [...e.currentTarget.querySelectorAll("[data-kind]")], step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Escape") { e.stopPropagation(); e.currentTarget.hidePopover(); this.canvas.focusStep(this.where.from); return; }
    const first = step ? null : items.find((item, i) => i > items.indexOf(document.activeElement) && item.textContent.trim().toLowerCase().startsWith(e.key.toLowerCase()));
    const next = step ? items.at((items.indexOf(document.activeElement) + step) % items.length) : first;
    if (!next || e.ctrlKey) return;
    e.preventDefault();
    next.focus();
  }

  copy() {
    const ids = new Set(this.canvas.acted());
    if (!ids.size) return false;
    const { graph } = this.store;
    const nodes = graph.nodes.filter((node) => ids.has(String(node?.id ?? "")));
    const edges = graph.edges.filter((edge) => ids.has(String(edge?.source)) && ids.has(String(edge?.target)));
    this.pasted = 0;
    const text = JSON.stringify({ nodes, edges });
    try { localStorage.setItem(KEPT, text); } catch { this.copied = text; }
    announce(`${nodes.length} step${nodes.length === 1 ? "" : "s"} copied.`);
    return true;
  }

  paste() {
    let text = this.copied;
    try { text ??= localStorage.getItem(KEPT); } catch { /* storage may be refused */ }
    if (!text) return;
    const { nodes, edges } = JSON.parse(text);
    this.pasted = (this.pasted ?? 0) + 1;
    this.placed({ op: "paste", nodes, edges }, nodes.map((node) => String(node.id)), this.pasted);
  }

  duplicate(ids = this.canvas.acted()) { if (ids.length) this.placed({ op: "duplicate", steps: ids }, ids, 1); }

  /* New steps beside the old ones; they are chosen then. */
  async placed(operation, old, times) {
    const ids = Object.fromEntries(old.map((id) => [id, crypto.randomUUID?.() ?? `${id}_${Date.now()}`])), made = Object.values(ids);
    const answer = await this.do([{ ...operation, ids, shift: [32 * times, 32 * times] }], { chosen: made.length === 1 ? { step: made[0] } : {}, said: `${made.length} step${made.length === 1 ? "" : "s"} added.` });
    if (!answer) return;
    this.canvas.select(made);
    this.canvas.focusStep(made[0]);
  }

  async remove() {
    const { canvas } = this, steps = canvas.acted();
    if (canvas.way && !steps.length) { await this.do([{ op: "disconnect", id: canvas.way }], { said: "Way removed.", chosen: {} }); canvas.focusStep(canvas.back); return; }
    if (!steps.length) return;
    const gone = new Set(steps), near = ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"].map((_, i) => canvas.picture.next(steps[0], [[0, -1], [-1, 0], [0, 1], [1, 0]][i], (id) => gone.has(id))).find(Boolean);
    const said = steps.length === 1 ? `${canvas.picture.name(steps[0])} removed.` : `${steps.length} steps removed.`;
    await this.do([{ op: "remove", steps }], { said, chosen: {}, focus: near ?? "" });
  }

  async turn(which) {
    const answer = await (which === "undo" ? this.store.undo() : this.store.redo());
    if (answer) announce(which === "undo" ? "Undone." : "Done again.");
  }

  /* What the store tells: a save began, ended, was refused, or somebody else was first. */
  heard(what, detail) {
    const words = { saving: "saving", lost: "not saved yet: the server cannot be reached, trying again" }[what];
    if (words) this.state(words, what);
    if (what === "saved") this.saved(detail);
    if (what === "refused") this.refused(detail);
    if (what === "stale") this.stale(detail);
    for (const [name, pile] of [["undo", this.store?.done], ["redo", this.store?.undone]]) {
      const button = this.querySelector(`[data-${name}]`);
      if (button) button.ariaDisabled = String(!pile?.length); // a disabled one would lose the keyboard
    }
  }

  state(words, how) {
    const el = this.querySelector("[data-saved]");
    if (el) { el.textContent = words; el.dataset.saved = how; }
  }

  saved({ saved, parts, item }) {
    this.state(`saved ${saved}`, "");
    for (const input of this.querySelectorAll("form [name=revision]")) input.value = this.store.revision;
    if (!parts || this.store.waiting.length) return;
    this.canvas.renew(parts.canvas);
    this.querySelector("[data-empty]").hidden = this.canvas.picture.nodes.size > 0;
    this.forms.renew(this.part("problems"), parts.problems);
    this.forms.renew(this.part("steps"), parts.steps);
    this.forms.renew(this.part("actions"), parts.actions);
    this.forms.answered(parts.panel, item);
  }

  refused({ message, parts, status, item }) {
    this.state("not saved", "bad");
    if (parts?.panel) { this.forms.refused(parts.panel); return; }
    toast(message ?? (status === 403 ? "Your role does not allow this." : status === 404 ? "This draft is not there any more." : "This could not be saved."));
    if (!item.fields && !item.pile) this.store.do([]); // the page shows what stands there
  }

  stale({ theirs }) {
    this.state("not saved yet", "bad");
    this.dialog.querySelector("[data-stale-title]").textContent = theirs.frozen ? "This version was published meanwhile" : `${theirs.who} saved this draft at ${theirs.at}`;
    for (const name of ["theirs", "mine"]) this.dialog.querySelector(`[data-keep=${name}]`).hidden = theirs.frozen;
    this.dialog.showModal();
  }
}
customElements.define("pathway-editor", PathwayEditor);
