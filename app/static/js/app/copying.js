// Copies [data-copy]; shares [data-share-url] through the device, or copies where it cannot.
{
  const say = (button) => {
    const label = button.querySelector("[aria-live]");
    button.classList.add("is-done");
    if (!label || button.dataset.said) return;
    button.dataset.said = label.textContent;
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = button.dataset.said; delete button.dataset.said; button.classList.remove("is-done"); }, 2000);
  };
  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
      say(button);
    } catch { /* The text stays selectable beside the button. */ }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-share-url]");
    if (!button) return;
    if (button.dataset.copy) return copy(button, button.dataset.copy);
    const { shareTitle: title, shareText: text, shareUrl: url } = button.dataset;
    const leadsOn = button.matches("a[href]"); // to a page that shows text, link and poster
    if (!navigator.share) return leadsOn ? undefined : copy(button, url);
    if (leadsOn) event.preventDefault();
    try { await navigator.share({ title, text, url }); } catch { /* The reader closed the sheet. */ }
  });
}
