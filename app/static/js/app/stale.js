// A live board says so when it stops being live.
{
  const mark = (stale) => { for (const note of document.querySelectorAll("[data-stale]")) note.hidden = !stale; };
  window.addEventListener("offline", () => mark(true));
  window.addEventListener("online", () => mark(false));
  document.addEventListener("htmx:sseError", () => mark(true));
  document.addEventListener("htmx:sseOpen", () => mark(false));
}
