/* htmx requests carry the CSRF token; what fails is told in a toast; a refused form moves focus to its summary. */
import { toast } from "./toast.js";

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

/* What somebody opened in a part that renews itself stays open. */
if (window.Idiomorph) {
  window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, el, deed) => !(deed === "remove" && name === "open" && el.matches("[data-quiet] details"));
}

document.addEventListener("htmx:configRequest", (e) => {
  if (e.detail.verb !== "get") e.detail.headers["X-CSRFToken"] = csrfToken();
});

const WORDS = {
  403: "Your role does not allow this.",
  404: "This is not there any more.",
  409: "Somebody else was first. The page shows what is true now.",
  429: "Too many at once. Try again in a moment.",
};
document.addEventListener("htmx:responseError", (e) => {
  if (e.detail.elt.closest("[data-quiet]")) return; // a poll tries again by itself
  toast(WORDS[e.detail.xhr.status] ?? "Something went wrong on the server. Nothing was changed; the log has the details.");
});
document.addEventListener("htmx:sendError", (e) => {
  if (!e.detail.elt.closest("[data-quiet]")) toast("The server cannot be reached. Nothing was sent.");
});
document.addEventListener("htmx:afterSettle", (e) => {
  e.detail.elt.querySelector?.(".error-summary")?.focus();
});
document.querySelector(".error-summary")?.focus();
