/* Short notices at the foot of the page. `action` is { word, run } and adds one button. */
const place = () => document.getElementById("toasts");

export function toast(text, action) {
  const el = document.createElement("div");
  el.className = "toast";
  el.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: action.word });
    button.addEventListener("click", () => { action.run?.(); el.remove(); });
    el.append(document.createElement("span"), button);
  }
  place().append(el);
  setTimeout(() => el.remove(), 6000);
  return el;
}

/* Those the server wrote into the page go after a while too. */
export function settleToasts() {
  for (const el of document.querySelectorAll("[data-toast-shown]")) setTimeout(() => el.remove(), 6000);
}

/* Says something to screen readers without showing it. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

document.addEventListener("click", (e) => {
  const says = e.target.closest("[data-toast]");
  if (says) toast(says.dataset.toast);
  const copy = e.target.closest("[data-copies]");
  if (copy) {
    const text = document.getElementById(copy.dataset.copies).textContent.trim();
    navigator.clipboard?.writeText(text).then(() => toast("Copied."), () => toast("This browser did not allow copying. Mark the text and copy it by hand."));
  }
});
