// Between htmx and us: the CSRF token of the page goes with every request it makes.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token && token.content) event.detail.headers["X-CSRF-Token"] = token.content;
});
