/* The theme changes at once; the server keeps it with the person. Without this module the form does the same with a reload. */
import { csrfToken } from "./htmx.js";
import { toast } from "./toast.js";

document.addEventListener("submit", async (e) => {
  const form = e.target.closest("[data-theme-form]");
  if (!form || !e.submitter) return;
  e.preventDefault();
  const theme = e.submitter.value;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    if (button.value === theme) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) toast("The theme could not be saved. It holds until you leave this page.");
});
