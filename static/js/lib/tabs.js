/* Tabs: arrows move, the panel follows. Works for tab lists that arrive by a swap too. */
function show(list, tab) {
  for (const t of list.querySelectorAll('[role="tab"]')) {
    const on = t === tab;
    t.setAttribute("aria-selected", String(on));
    t.tabIndex = on ? 0 : -1;
    document.getElementById(t.getAttribute("aria-controls")).hidden = !on;
  }
}
document.addEventListener("click", (e) => {
  const tab = e.target.closest('[role="tab"]');
  if (tab) show(tab.closest('[role="tablist"]'), tab);
});
document.addEventListener("keydown", (e) => {
  const list = e.target.closest?.('[role="tablist"]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!list || !step) return;
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  show(list, next);
  next.focus();
});

/* A row of tabs or subjects that scrolls starts at the chosen one. */
for (const row of document.querySelectorAll(".tabs, .set-nav ul")) {
  const on = row.querySelector("[aria-current], [aria-selected=true]");
  if (on && row.scrollWidth > row.clientWidth) row.scrollLeft = on.offsetLeft - row.offsetLeft - 24;
}
