/* Everything on the canvas by keys. Focus is on a step, or on the canvas itself. */
const STEP = 12, FAR = 60, SETTLE_MS = 350, PAN = 60;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keyboard {
  constructor(canvas) {
    this.canvas = canvas;
    this.pushed = new Set();
    canvas.addEventListener("keydown", (e) => this.key(e));
    canvas.addEventListener("keyup", (e) => { if (e.key === " ") canvas.spaced = false; });
    canvas.addEventListener("focusout", () => this.settle());
  }

  key(e) {
    const { canvas } = this, id = e.target.closest(".node")?.dataset.id ?? null;
    const ctrl = e.ctrlKey || e.metaKey, way = WAYS[e.key];
    const work = e.altKey ? null
      : canvas.connecting ? this.connecting(e, id, way)
      : ctrl ? this.withCtrl(e, id, way)
      : way ? () => this.arrow(id, way, e.shiftKey)
      : this.single(e, id);
    if (!work) return;
    e.preventDefault();
    work();
  }

  connecting(e, id, way) {
    const { canvas } = this;
    if (way) return () => canvas.focusStep(canvas.picture.next(id ?? canvas.connecting, way) ?? id);
    if (e.key === "Enter" || e.key === " ") return () => { if (id) canvas.connect(id); };
    if (e.key.toLowerCase() === "n") return () => { const from = canvas.connecting; canvas.stop(); canvas.tell("new", { from }); };
    if (e.key === "Escape") return () => { const from = canvas.connecting; canvas.stop(); canvas.focusStep(from); canvas.say("Not connected."); };
    return null;
  }

  withCtrl(e, id, way) {
    const { canvas } = this, editable = canvas.editable;
    if (way) return () => canvas.focusStep(canvas.picture.next(id, way) ?? id);
    switch (e.key.toLowerCase()) {
      case "a": return () => canvas.select([...canvas.picture.nodes.keys()]);
      case "c": return () => canvas.tell("copy");
      case "x": return editable ? () => canvas.tell("cut") : null;
      case "v": return editable ? () => canvas.tell("paste") : null;
      case "d": return editable ? () => canvas.tell("duplicate") : null;
      default: return null; // undo and redo hold for the whole page
    }
  }

  single(e, id) {
    const { canvas } = this, editable = canvas.editable;
    switch (e.key) {
      case "Enter": return () => { if (id) canvas.choose({ step: id }); canvas.tell("edit"); };
      case " ": if (!id) { canvas.spaced = true; return () => {}; } return () => canvas.toggle(id);
      case "Escape": return () => { canvas.choose({}); canvas.focus(); };
      case "+": case "=": return () => canvas.view.to(canvas.view.zoom * 1.2);
      case "-": return () => canvas.view.to(canvas.view.zoom / 1.2);
      case "0": return () => canvas.view.fit();
      case "Delete": case "Backspace": return editable ? () => canvas.tell("remove") : null;
      default:
    }
    if (!editable) return null;
    switch (e.key.toLowerCase()) {
      case "c": return id ? () => canvas.startConnecting(id) : null;
      case "n": return () => canvas.tell("new", { from: id });
      case "d": return () => canvas.tell("duplicate");
      case "s": return id ? () => canvas.tell("do", { operations: [{ op: "start", step: id }], said: `Calls start at ${canvas.picture.name(id)} now.` }) : null;
      default: return null;
    }
  }

  /* A step moves at once; it is saved when the keys have been still for a moment. */
  arrow(id, [dx, dy], far) {
    const { canvas } = this;
    if (!id || !canvas.editable) {
      if (id) canvas.focusStep(canvas.picture.next(id, [dx, dy]) ?? id);
      else canvas.view.pan(-dx * PAN, -dy * PAN);
      return;
    }
    const by = far ? FAR : STEP, ids = canvas.chosen.has(id) ? canvas.chosen : new Set([id]);
    canvas.picture.move([...ids].map((each) => { const [x, y] = canvas.picture.nodes.get(each).place; return [each, [x + dx * by, y + dy * by]]; }));
    for (const each of ids) this.pushed.add(each);
    canvas.view.reveal(id);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  settle() {
    clearTimeout(this.timer);
    if (!this.pushed.size) return;
    const ids = [...this.pushed].filter((id) => this.canvas.picture.nodes.has(id));
    this.pushed.clear();
    this.canvas.moved(ids);
  }
}
