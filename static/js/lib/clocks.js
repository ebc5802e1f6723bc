/* Keeps running clocks ("Talking 1:16") and "4 minutes ago" true while the page stays open. */
const two = (n) => String(n).padStart(2, "0");

function length(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

function words(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60000);
  if (minutes >= 60) return null; // the server's words (a time of day) stay
  if (minutes === 0) return ms >= 0 ? "just now" : "in a moment";
  const n = `${minutes} minute${minutes === 1 ? "" : "s"}`;
  return ms >= 0 ? `${n} ago` : `in ${n}`;
}

function write(el, text) {
  if (text !== null && el.textContent !== text) el.textContent = text;
}

setInterval(() => {
  for (const el of document.querySelectorAll("time[data-since]")) write(el, length(Date.now() - Date.parse(el.dataset.since)));
}, 1000);
setInterval(() => {
  for (const el of document.querySelectorAll("time[data-when]")) write(el, words(Date.now() - Date.parse(el.dateTime)));
}, 15000);
