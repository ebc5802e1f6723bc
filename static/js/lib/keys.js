/* One-key shortcuts, silent while typing. `g` then a letter follows the link with that data-go. */
let armed = false;

const rows = () => [...document.querySelectorAll("[data-triage] > li, [data-rows] tbody tr")];

document.addEventListener("keydown", (e) => {
  if (e.metaKey || e.ctrlKey || e.altKey || e.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (e.key === "/") {
    const find = document.querySelector("[data-find]");
    if (find) { e.preventDefault(); find.focus(); }
  }
  if (armed) {
    const link = document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
    if (link) link.click();
  }
  armed = e.key === "g";
  if (e.key === "e") document.activeElement.closest("[data-triage] > li")?.querySelector("[data-done]")?.click();
  if (e.key === "j" || e.key === "k") {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement.closest("[data-triage] > li, [data-rows] tbody tr"));
    all[Math.max(0, Math.min(all.length - 1, at + (e.key === "j" ? 1 : -1)))].querySelector("a, button")?.focus();
  }
});
