/* The steps and ways of the picture as the server drew them: where each stands, what joins them; moved here, renewed from the server. */
import { H, W, line } from "./geometry.js";

const at = (el) => el.getAttribute("transform").match(/-?[\d.]+/g).map(Number);

export class Picture {
  constructor(svg) {
    this.svg = svg;
    this.view = svg.querySelector(".pw-view");
    this.nodeLayer = svg.querySelector(".nodes");
    this.edgeLayer = svg.querySelector(".edges");
    this.read();
  }

  read() {
    this.nodes = new Map();
    this.edges = new Map();
    this.joined = new Map(); // step: the ways that begin or end there
    for (const el of this.nodeLayer.children) this.nodes.set(el.dataset.id, { el, place: at(el) });
    for (const el of this.edgeLayer.children) {
      const { way, from, to, lane } = el.dataset;
      const edge = { el, from, to, lane: Number(lane), lines: el.querySelectorAll(".edge-hit, .edge-line"), tip: el.querySelector(".tip"), label: el.querySelector(".edge-label") };
      this.edges.set(way, edge);
      for (const id of new Set([from, to])) this.joined.set(id, [...(this.joined.get(id) ?? []), edge]);
    }
  }

  /* Only what moved and what is joined to it is touched. */
  move(places) {
    const touched = new Set();
    for (const [id, place] of places) {
      const node = this.nodes.get(id);
      node.place = place;
      node.el.setAttribute("transform", `translate(${place[0]} ${place[1]})`);
      for (const edge of this.joined.get(id) ?? []) touched.add(edge);
    }
    for (const edge of touched) this.draw(edge);
  }

  draw(edge) {
    const { path, tip, x, y } = line(this.nodes.get(edge.from).place, this.nodes.get(edge.to).place, edge.lane);
    for (const el of edge.lines) el.setAttribute("d", path);
    edge.tip.setAttribute("d", tip);
    edge.label?.setAttribute("transform", `translate(${x} ${y})`);
  }

  /* Takes over what the server drew. What is the same stays the same element, so that the keyboard stays where it is. */
  renew(html) {
    const piece = document.createElement("template");
    piece.innerHTML = html;
    for (const [name, layer] of [["nodes", this.nodeLayer], ["edges", this.edgeLayer]]) {
      const key = name === "nodes" ? "data-id" : "data-way";
      const old = new Map([...layer.children].map((el) => [el.getAttribute(key), el]));
      let place = layer.firstElementChild;
      for (const fresh of [...piece.content.querySelectorAll(`.${name} > g`)]) {
        const had = old.get(fresh.getAttribute(key));
        old.delete(fresh.getAttribute(key));
        if (had) become(had, fresh);
        if (had && had === place) place = place.nextElementSibling;
        else layer.insertBefore(had ?? fresh, place);
      }
      for (const el of old.values()) el.remove();
    }
    this.read();
  }

  bounds(ids = this.nodes.keys()) {
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (const id of ids) {
      const [x, y] = this.nodes.get(id).place;
      left = Math.min(left, x); top = Math.min(top, y); right = Math.max(right, x + W); bottom = Math.max(bottom, y + H);
    }
    return left === Infinity ? null : { left, top, width: right - left, height: bottom - top };
  }

  /* The nearest step in a direction: how far it is, and twice how far it is to the side. */
  next(id, [dx, dy], without = () => false) {
    const from = this.nodes.get(id)?.place;
    let best = null, least = Infinity;
    for (const [other, { place }] of this.nodes) {
      if (other === id || without(other) || !from) continue;
      const x = place[0] - from[0], y = place[1] - from[1], along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along <= 0) continue;
      const far = along + 2 * aside;
      if (far < least) [best, least] = [other, far];
    }
    return best;
  }

  /* The step under a point. */
  under([x, y]) {
    for (const [id, { place }] of [...this.nodes].reverse()) {
      if (x >= place[0] && x <= place[0] + W && y >= place[1] && y <= place[1] + H) return id;
    }
    return null;
  }

  name(id) { return this.nodes.get(id)?.el.getAttribute("aria-label")?.split(",")[0].replace(/^[^:]*: /, "") ?? "nothing"; }
}

function become(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
}
