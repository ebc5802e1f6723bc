/* Dialogs open by the platform's own command attribute; browsers without it get the same here.
   A dialog the server sent open (a refused form) becomes modal. */
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (e) => {
    const button = e.target.closest("button[command][commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    if (button.getAttribute("command") === "close") dialog.close();
  });
}

function makeModal(root) {
  for (const dialog of root.querySelectorAll("dialog[open]:not(:modal)")) {
    dialog.close();
    dialog.showModal();
    dialog.querySelector("[aria-invalid=true]")?.focus();
  }
}
makeModal(document);
document.addEventListener("htmx:afterSettle", () => makeModal(document));

/* A press on a menu entry that leads nowhere else closes the menu. */
document.addEventListener("click", (e) => {
  if (e.target.closest(".menu-item:is(button)")) e.target.closest("[popover]")?.hidePopover();
});
