// Forms: busy buttons, questions before what cannot be undone, quantity steppers, selects that submit, the search hotkey.
{
  const clamp = (field, number) => Math.min(Number(field.max || 99), Math.max(Number(field.min || 0), number));
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const field = step.closest("[data-stepper]").querySelector("input");
    field.value = clamp(field, (Number(field.value) || 0) + Number(step.dataset.step));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // A key makes the second click on a button the same command as the first. Pages everybody shares bring none along.
  const KEY = "_idempotency_key";
  const newKey = () => window.crypto && crypto.randomUUID && crypto.randomUUID();
  const giveKey = (form) => {
    if (form.method !== "post" || form.elements[KEY] || !newKey()) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: KEY, value: newKey() }));
  };
  // A page somebody came back to is a new wish.
  const renewKeys = () => document.querySelectorAll(`input[name="${KEY}"]`).forEach((field) => { field.value = newKey() || field.value; });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return event.preventDefault();
    giveKey(form);
    const button = event.submitter;
    if (!button || !button.dataset.busy) return;
    // After the browser has read the form, or the button's own value would be lost.
    setTimeout(() => {
      button.setAttribute("aria-busy", "true");
      const label = button.querySelector("span");
      button.dataset.idle = label.textContent;
      label.textContent = button.dataset.busy;
    });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    const all = event.target.closest("[data-select-all]");
    if (all) document.querySelectorAll(`input[name="${all.dataset.selectAll}"]`).forEach((box) => { box.checked = all.checked; });
  });
  // A page shown again from the back-forward cache must not keep its busy buttons.
  const rest = () => {
    for (const button of document.querySelectorAll('[aria-busy="true"][data-idle]')) {
      button.removeAttribute("aria-busy");
      button.querySelector("span").textContent = button.dataset.idle;
    }
  };
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) rest();
    const came = performance.getEntriesByType("navigation")[0];
    if (event.persisted || (came && came.type === "back_forward")) renewKeys();
  });
  document.addEventListener("htmx:afterRequest", rest);
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-hotkey]");
    if (!field || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== field.dataset.hotkey) return;
    event.preventDefault();
    field.focus();
  });
}
