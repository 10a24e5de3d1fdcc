// Says which picture of a gallery is on screen.
for (const gallery of document.querySelectorAll("[data-gallery]")) {
  const slides = gallery.querySelector(".slides");
  const page = gallery.querySelector("[data-page]");
  if (!page) continue;
  const write = () => {
    const place = Math.round(slides.scrollLeft / slides.clientWidth) + 1;
    page.textContent = `${place} / ${slides.children.length}`;
  };
  slides.addEventListener("scroll", write, { passive: true });
}
