/* The lines between steps, as pathways/drawing.py draws them: tests/e2e/test_editor.py holds the two together. */
export const W = 176, H = 78;
const LANE = 22, NEAR = 120, BULGE = 56, TIP = 3;
const round = (value) => Math.floor(value + 0.5);

/* The line between two cards, the arrow at its end, and where its label stands. */
export function line([ax, ay], [bx, by], lane = 0) {
  const shift = round(lane * LANE), t = lane === 0 ? 0.56 : lane > 0 ? 0.7 : 0.3;
  if (ax === bx && ay === by) return beside(ax, ay, bx, by, shift, 14);
  if (by >= ay + H + 12) return down(ax + W / 2 + shift, ay + H, bx + W / 2 + shift, by - TIP, t);
  if (by + H + 12 <= ay) {
    if (ay - by - H > NEAR) return beside(ax, ay, bx, by, shift, 0);
    return up(ax + W / 2 + shift, ay, bx + W / 2 + shift, by + H + TIP, 1 - t);
  }
  const y1 = ay + H / 2 + shift, y2 = by + H / 2 + shift;
  return bx >= ax ? across(ax + W, y1, bx - TIP, y2, 1, t) : across(ax, y1, bx + W + TIP, y2, -1, 1 - t);
}

/* A loose end while a way is being drawn. */
export function loose([ax, ay], [x, y]) {
  const x1 = ax + W / 2, y1 = ay + H, c = Math.max(20, Math.abs(y - y1) * 0.45);
  return `M${x1} ${y1}C${x1} ${y1 + c} ${x} ${y - c} ${x} ${y}`;
}

function down(x1, y1, x2, y2, t) {
  const c = round(Math.max(20, (y2 - y1) * 0.45));
  return curve(x1, y1, x1, y1 + c, x2, y2 - c, x2, y2, `M${x2} ${y2}l-5 -9h10z`, t);
}

function up(x1, y1, x2, y2, t) {
  const c = round(Math.max(20, (y1 - y2) * 0.45));
  return curve(x1, y1, x1, y1 - c, x2, y2 + c, x2, y2, `M${x2} ${y2}l-5 9h10z`, t);
}

function across(x1, y1, x2, y2, way, t) {
  const c = way * round(Math.max(20, Math.abs(x2 - x1) * 0.45));
  return curve(x1, y1, x1 + c, y1, x2 - c, y2, x2, y2, `M${x2} ${y2}l${-9 * way} -5v10z`, t);
}

function beside(ax, ay, bx, by, shift, apart) {
  const x1 = ax + W, y1 = ay + H / 2 + apart, x2 = bx + W + TIP, y2 = by + H / 2 - apart;
  const far = Math.max(x1, x2) + BULGE + Math.abs(shift);
  return curve(x1, y1, far, y1, far, y2, x2, y2, `M${x2} ${y2}l9 -5v10z`, 0.5);
}

function curve(x1, y1, x2, y2, x3, y3, x4, y4, tip, t) {
  const a = (1 - t) ** 3, b = 3 * (1 - t) ** 2 * t, c = 3 * (1 - t) * t * t, d = t ** 3;
  const x = round(a * x1 + b * x2 + c * x3 + d * x4), y = round(a * y1 + b * y2 + c * y3 + d * y4);
  return { path: `M${x1} ${y1}C${x2} ${y2} ${x3} ${y3} ${x4} ${y4}`, tip, x, y };
}
