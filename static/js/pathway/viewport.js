/* What part of the picture is seen: pan and zoom by one transform, the little map in the corner. */
import { H, W } from "./geometry.js";

// HEAD and FOOT: room for the buttons that stand there.
const SMALLEST = 0.04, LARGEST = 2, ROOM = 32, HEAD = 56, FOOT = 48, SVG = "http://www.w3.org/2000/svg";
const within = (value, low, high) => Math.min(high, Math.max(low, value));

export class Viewport {
  constructor(box, picture, onZoom) {
    Object.assign(this, { box, picture, onZoom, x: 0, y: 0, zoom: 1 });
  }

  apply() {
    this.picture.view.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.zoom})`);
    this.onZoom(this.zoom);
    this.frame?.();
  }

  /* A point of the screen in the measure of the picture. */
  point(clientX, clientY) {
    const box = this.box.getBoundingClientRect();
    return [(clientX - box.left - this.x) / this.zoom, (clientY - box.top - this.y) / this.zoom];
  }

  middle() {
    const box = this.box.getBoundingClientRect();
    return this.point(box.left + box.width / 2, box.top + box.height / 2);
  }

  pan(dx, dy) { this.x += dx; this.y += dy; this.apply(); }

  /* Keeps the given point of the screen (else the middle) where it is. */
  to(zoom, clientX, clientY) {
    const box = this.box.getBoundingClientRect();
    const cx = clientX ?? box.left + box.width / 2, cy = clientY ?? box.top + box.height / 2;
    const [px, py] = this.point(cx, cy);
    this.zoom = within(zoom, SMALLEST, LARGEST);
    this.x = cx - box.left - px * this.zoom;
    this.y = cy - box.top - py * this.zoom;
    this.apply();
  }

  fit() {
    const bounds = this.picture.bounds(), { clientWidth: width, clientHeight: height } = this.box;
    if (!bounds || !width) { this.apply(); return; }
    const side = Number(this.box.dataset.side ?? 0); // the tools stand there
    const room = width - side - 2 * ROOM;
    this.zoom = within(Math.min(room / (bounds.width + 40), (height - HEAD - FOOT) / bounds.height, 1), SMALLEST, 1);
    this.x = side + ROOM + (room - bounds.width * this.zoom) / 2 - bounds.left * this.zoom;
    this.y = HEAD + Math.max(0, (height - HEAD - FOOT - bounds.height * this.zoom) / 2) - bounds.top * this.zoom;
    this.apply();
  }

  /* Moves as little as needed so that a step is in sight. */
  reveal(id) {
    const place = this.picture.nodes.get(id)?.place;
    if (!place || !this.box.clientWidth) return;
    const side = Number(this.box.dataset.side ?? 0);
    const left = place[0] * this.zoom + this.x, top = place[1] * this.zoom + this.y;
    const dx = left < side + ROOM ? side + ROOM - left : Math.min(0, this.box.clientWidth - ROOM - left - W * this.zoom);
    const dy = top < ROOM ? ROOM - top : Math.min(0, this.box.clientHeight - ROOM - 24 - top - H * this.zoom);
    if (dx || dy) this.pan(dx, dy);
  }
}

/* The whole picture, small, with what is seen of it; press or drag to go there. Hidden while everything is in sight. */
export class Minimap {
  constructor(svg, viewport, picture) {
    Object.assign(this, { svg, viewport, picture });
    this.steps = svg.appendChild(document.createElementNS(SVG, "path"));
    this.seen = svg.appendChild(document.createElementNS(SVG, "rect"));
    this.steps.setAttribute("class", "mini-steps");
    this.seen.setAttribute("class", "mini-seen");
    viewport.frame = () => this.frame();
    svg.addEventListener("pointerdown", (e) => { svg.setPointerCapture(e.pointerId); this.go(e); });
    svg.addEventListener("pointermove", (e) => { if (svg.hasPointerCapture(e.pointerId)) this.go(e); });
  }

  draw() {
    const bounds = this.picture.bounds();
    this.bounds = bounds;
    if (bounds) {
      const [width, height] = [bounds.width + 80, bounds.height + 80];
      this.svg.setAttribute("viewBox", `${bounds.left - 40} ${bounds.top - 40} ${width} ${height}`);
      this.steps.setAttribute("d", [...this.picture.nodes.values()].map(({ place: [x, y] }) => `M${x} ${y}h${W}v${H}h-${W}z`).join(""));
    }
    this.frame();
  }

  frame() {
    const { viewport: { box, x, y, zoom }, bounds } = this;
    if (!bounds || !box.clientWidth) { this.svg.toggleAttribute("data-idle", true); return; }
    const [left, top, width, height] = [-x / zoom, -y / zoom, box.clientWidth / zoom, box.clientHeight / zoom];
    const all = left <= bounds.left && top <= bounds.top && left + width >= bounds.left + bounds.width && top + height >= bounds.top + bounds.height;
    this.svg.toggleAttribute("data-idle", all);
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) this.seen.setAttribute(name, value);
  }

  go(e) {
    const matrix = this.svg.getScreenCTM();
    if (!matrix) return;
    const { x, y } = new DOMPoint(e.clientX, e.clientY).matrixTransform(matrix.inverse());
    const { viewport: view } = this;
    view.x = view.box.clientWidth / 2 - x * view.zoom;
    view.y = view.box.clientHeight / 2 - y * view.zoom;
    view.apply();
  }
}
