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
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return event.preventDefault();
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
  window.addEventListener("pageshow", (event) => { if (event.persisted) rest(); });
  document.addEventListener("htmx:afterRequest", rest);
  document.addEventListener("keydown", (event) => {
    const field = document.querySelector("[data-hotkey]");
    if (!field || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== field.dataset.hotkey) return;
    event.preventDefault();
    field.focus();
  });
}
