/* Folded groups remember whether they were open, per browser. */
for (const group of document.querySelectorAll("details[data-remember]")) {
  const key = `open:${group.dataset.remember}`;
  try {
    const was = localStorage.getItem(key);
    if (was !== null && !group.hasAttribute("data-force")) group.open = was === "1";
    group.addEventListener("toggle", () => localStorage.setItem(key, group.open ? "1" : "0"));
  } catch { /* storage may be refused: groups start as the server sent them */ }
}
