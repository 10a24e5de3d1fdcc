// Menus close when the reader clicks elsewhere or presses Escape; a drawer closes with Escape too.
{
  const open = () => document.querySelectorAll("[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) { menu.open = false; menu.querySelector("summary").focus(); }
    if (document.querySelector(".side:target, .drawer:target")) location.hash = "#main";
  });
}
