/* Mouse, pen and fingers on the canvas: choose, drag, connect from the handle, pan, pinch, a frame around several. */
import { loose } from "./geometry.js";

const STILL_PX = 4, SNAP = 4, SVG = "http://www.w3.org/2000/svg";
const snap = (value) => Math.round(value / SNAP) * SNAP;

export class Pointer {
  constructor(canvas) {
    this.canvas = canvas;
    this.fingers = new Map();
    canvas.addEventListener("pointerdown", (e) => this.press(e));
    canvas.addEventListener("pointermove", (e) => this.moved(e));
    canvas.addEventListener("pointerup", (e) => this.lift(e));
    canvas.addEventListener("pointercancel", (e) => this.lift(e, true));
    canvas.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    canvas.addEventListener("dblclick", (e) => { if (e.target.closest(".node, .edge")) canvas.tell("edit"); });
  }

  press(e) {
    const { canvas } = this;
    this.fingers.set(e.pointerId, [e.clientX, e.clientY]);
    if (this.fingers.size === 2) { this.cancel(); this.pinch = this.spread(); return; }
    if (e.button > 1 || this.fingers.size > 1) return;
    const node = e.target.closest(".node")?.dataset.id, way = e.target.closest(".edge")?.dataset.way;
    const start = { x: e.clientX, y: e.clientY, last: [e.clientX, e.clientY], node, way, shift: e.shiftKey };
    if (e.button === 1 || canvas.spaced) this.act = { ...start, kind: "pan" };
    else if (canvas.connecting && node) { e.preventDefault(); canvas.connect(node); return; }
    else if (node && canvas.editable && e.target.closest(".node-port")) this.act = { ...start, kind: "connect" };
    else if (node) this.act = { ...start, kind: canvas.editable && !e.shiftKey ? "drag" : "press" };
    else if (way) this.act = { ...start, kind: "press" };
    else this.act = { ...start, kind: e.shiftKey ? "frame" : "pan", empty: true };
    if (e.button === 1) e.preventDefault();
    canvas.setPointerCapture(e.pointerId);
  }

  moved(e) {
    if (!this.fingers.has(e.pointerId)) return;
    this.fingers.set(e.pointerId, [e.clientX, e.clientY]);
    if (this.pinch) { this.pinched(); return; }
    const { act } = this;
    if (!act) return;
    if (!act.going && Math.hypot(e.clientX - act.x, e.clientY - act.y) < STILL_PX) return;
    if (!act.going) { act.going = true; this.begin(act); }
    act.now = [e.clientX, e.clientY];
    this.frame ??= requestAnimationFrame(() => { this.frame = null; if (this.act?.now) this.step(this.act); });
  }

  begin(act) {
    const { canvas } = this, { picture } = canvas;
    if (act.kind === "drag") {
      if (!canvas.chosen.has(act.node)) canvas.select([act.node]);
      act.from = [...canvas.chosen].map((id) => [id, picture.nodes.get(id).place]);
      for (const [id] of act.from) picture.nodes.get(id).el.toggleAttribute("data-dragging", true);
    }
    if (act.kind === "connect") act.line = canvas.overlay("path", "edge-line edge-new");
    if (act.kind === "frame") act.frame = canvas.overlay("rect", "pw-frame");
    canvas.toggleAttribute("data-panning", act.kind === "pan");
  }

  step(act) {
    const { canvas } = this, { view, picture } = canvas;
    const [x, y] = act.now;
    if (act.kind === "pan") { view.pan(x - act.last[0], y - act.last[1]); act.last = [x, y]; }
    if (act.kind === "drag") {
      const dx = snap((x - act.x) / view.zoom), dy = snap((y - act.y) / view.zoom);
      picture.move(act.from.map(([id, [left, top]]) => [id, [left + dx, top + dy]]));
    }
    if (act.kind === "connect") {
      const to = view.point(x, y);
      act.line.setAttribute("d", loose(picture.nodes.get(act.node).place, to));
      canvas.aim(picture.under(to));
    }
    if (act.kind === "frame") {
      const [ax, ay] = view.point(act.x, act.y), [bx, by] = view.point(x, y);
      act.area = [Math.min(ax, bx), Math.min(ay, by), Math.abs(ax - bx), Math.abs(ay - by)];
      for (const [i, name] of ["x", "y", "width", "height"].entries()) act.frame.setAttribute(name, act.area[i]);
    }
  }

  lift(e, cancelled = false) {
    const had = this.fingers.delete(e.pointerId);
    if (this.pinch) { if (!this.fingers.size) this.pinch = null; return; }
    const { act, canvas } = this;
    if (!had || !act) return;
    if (act.now) { act.now = [e.clientX, e.clientY]; this.step(act); }
    this.cancel(true);
    if (cancelled) return;
    if (!act.going) { this.click(act); return; }
    if (act.kind === "drag") canvas.moved(act.from.map(([id]) => id));
    if (act.kind === "connect") {
      const to = canvas.view.point(e.clientX, e.clientY), target = canvas.picture.under(to);
      if (target) canvas.connect(target, act.node);
      else setTimeout(() => canvas.tell("new", { from: act.node, place: [snap(to[0] - 88), snap(to[1])], at: [e.clientX, e.clientY] })); // a menu shown now would be closed by this very lift
    }
    if (act.kind === "frame" && act.area) canvas.select(this.inside(act.area), { add: true });
  }

  click(act) {
    const { canvas } = this;
    if (act.node && act.shift) canvas.toggle(act.node);
    else if (act.node) canvas.choose({ step: act.node });
    else if (act.way) canvas.choose({ way: act.way });
    else if (act.empty) { canvas.stop(); canvas.choose({}); }
  }

  inside([x, y, width, height]) {
    return [...this.canvas.picture.nodes].filter(([, { place }]) => place[0] + 176 > x && place[0] < x + width && place[1] + 78 > y && place[1] < y + height).map(([id]) => id);
  }

  cancel(done = false) {
    const { act, canvas } = this;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.act = null;
    canvas.aim(null);
    canvas.removeAttribute("data-panning");
    act?.line?.remove();
    act?.frame?.remove();
    for (const [id] of act?.from ?? []) canvas.picture.nodes.get(id)?.el.removeAttribute("data-dragging");
    if (!done && act?.from) canvas.picture.move(act.from);
  }

  spread() {
    const [[ax, ay], [bx, by]] = [...this.fingers.values()];
    return { far: Math.hypot(ax - bx, ay - by), x: (ax + bx) / 2, y: (ay + by) / 2 };
  }

  pinched() {
    if (this.fingers.size < 2) return;
    const now = this.spread(), { view } = this.canvas;
    view.pan(now.x - this.pinch.x, now.y - this.pinch.y);
    view.to(view.zoom * (now.far / this.pinch.far), now.x, now.y);
    this.pinch = now;
  }

  wheel(e) {
    if (!e.ctrlKey && !e.metaKey) return; // the page scrolls
    e.preventDefault();
    const { view } = this.canvas;
    view.to(view.zoom * Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0025)), e.clientX, e.clientY);
  }
}

export function shape(parent, name, cls) {
  const el = parent.appendChild(document.createElementNS(SVG, name));
  el.setAttribute("class", cls);
  return el;
}
