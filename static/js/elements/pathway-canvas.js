/* <pathway-canvas data-editable>: the picture of a pathway as something to work on. It knows what is chosen and what is seen; what is to be
   done to the graph it tells as events (pathway:do, :choose, :new, :edit, :copy …), and <pathway-editor> does it.
   Lights up what `light({nodes, edges, now})` names. Without a script the server's picture stands here and scrolls. */
import { announce } from "../lib/toast.js";
import { Keyboard } from "../pathway/keyboard.js";
import { Picture } from "../pathway/picture.js";
import { Pointer, shape } from "../pathway/pointer.js";
import { Minimap, Viewport } from "../pathway/viewport.js";

class PathwayCanvas extends HTMLElement {
  connectedCallback() {
    if (this.picture) return;
    const svg = this.querySelector("svg");
    this.editable = this.hasAttribute("data-editable");
    this.chosen = new Set();
    this.picture = new Picture(svg);
    for (const name of ["width", "height", "viewBox"]) svg.removeAttribute(name);
    this.toggleAttribute("data-ready", true);
    this.view = new Viewport(this, this.picture, (zoom) => this.tell("zoom", { zoom }));
    this.route = { nodes: [], edges: [], now: "" };
    this.pointer = new Pointer(this);
    this.keyboard = new Keyboard(this);
    this.addEventListener("focusin", (e) => { const id = e.target.closest(".node")?.dataset.id; if (id && e.target.matches(":focus-visible")) this.view.reveal(id); });
    this.measured = new ResizeObserver(() => { if (this.clientWidth && !this.fitted) { this.fitted = true; this.view.fit(); } else this.map?.frame(); });
    this.measured.observe(this);
  }

  disconnectedCallback() { this.measured?.disconnect(); }

  withMap(svg) { this.map = new Minimap(svg, this.view, this.picture); this.map.draw(); }

  tell(name, detail = {}) { this.dispatchEvent(new CustomEvent(`pathway:${name}`, { bubbles: true, detail })); }

  say(words) { announce(words); }

  overlay(name, cls) { return shape(this.picture.view, name, cls); }

  /* What the server drew takes the place of what stands here. */
  renew(html) {
    const was = document.activeElement?.closest?.(".node")?.dataset.id;
    this.picture.renew(html);
    this.chosen = new Set([...this.chosen].filter((id) => this.picture.nodes.has(id)));
    this.mark();
    this.light(this.route);
    this.map?.draw();
    if (was && !this.picture.nodes.has(was)) this.focus();
  }

  /* One step or way, or nothing; its form is shown beside. */
  choose({ step, way }) {
    this.way = way ?? null;
    this.chosen = new Set(step ? [step] : []);
    this.mark();
    this.tell("choose", { step, way });
    if (step && document.activeElement?.closest?.(".node")?.dataset.id !== step) this.focusStep(step, false);
  }

  select(ids, { add = false } = {}) {
    this.way = null;
    this.chosen = new Set([...(add ? this.chosen : []), ...ids]);
    this.mark();
    if (this.chosen.size !== 1) this.say(`${this.chosen.size} steps chosen.`);
  }

  toggle(id) {
    if (this.chosen.has(id)) this.chosen.delete(id);
    else this.chosen.add(id);
    this.select([...this.chosen]);
    this.focusStep(id, false);
  }

  mark() {
    for (const [id, { el }] of this.picture.nodes) el.setAttribute("aria-pressed", String(this.chosen.has(id)));
    for (const [id, { el }] of this.picture.edges) el.setAttribute("aria-pressed", String(id === this.way));
  }

  /* What keys act on: what is chosen, else the step that has the focus. */
  acted() {
    const focused = document.activeElement?.closest?.(".node")?.dataset.id;
    if (focused && !this.chosen.has(focused)) return [focused];
    return [...this.chosen];
  }

  focusStep(id, reveal = true) {
    const node = this.picture.nodes.get(id);
    if (!node) { this.focus({ preventScroll: true }); return; }
    node.el.focus({ preventScroll: true });
    if (reveal) this.view.reveal(id);
  }

  moved(ids) {
    const places = Object.fromEntries(ids.map((id) => [id, this.picture.nodes.get(id).place]));
    this.map?.draw();
    this.tell("do", { operations: [{ op: "move", places }] });
  }

  startConnecting(id) {
    this.connecting = id;
    this.toggleAttribute("data-connecting", true);
    this.picture.nodes.get(id).el.toggleAttribute("data-from-here", true);
    this.say(`Connect ${this.picture.name(id)}: choose where it leads with the arrows, then Enter. N for a new step, Escape to stop.`);
  }

  connect(target, source = this.connecting) {
    const byKey = Boolean(this.connecting);
    this.stop();
    this.tell("connect", { source, target, byKey });
  }

  stop() {
    this.removeAttribute("data-connecting");
    this.picture.nodes.get(this.connecting)?.el.removeAttribute("data-from-here");
    this.connecting = null;
  }

  aim(id) {
    if (this.aimed === id) return;
    this.picture.nodes.get(this.aimed)?.el.removeAttribute("data-aim");
    this.picture.nodes.get(id)?.el.toggleAttribute("data-aim", true);
    this.aimed = id;
  }

  light(route) {
    this.route = route;
    const nodes = new Set(route.nodes), edges = new Set(route.edges);
    for (const [id, { el }] of this.picture.nodes) { el.toggleAttribute("data-lit", nodes.has(id)); el.toggleAttribute("data-now", id === route.now); }
    for (const [id, { el }] of this.picture.edges) el.toggleAttribute("data-lit", edges.has(id));
  }
}
customElements.define("pathway-canvas", PathwayCanvas);
