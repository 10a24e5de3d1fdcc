// Fills in what is personal on a store's pages, which are the same for everybody: the cart's number, who sent the visitor.
{
  const cart = document.querySelector('.sf .tabbar a[href="/cart"], .sf .buybar a[href="/cart"]');
  const strip = document.querySelector("[data-sharer]");
  const count = (number) => {
    if (!number || cart.querySelector(".count")) return;
    const badge = document.createElement("span");
    badge.className = "count";
    badge.textContent = number;
    cart.append(badge);
  };
  const thank = (name) => {
    if (!name || !strip) return;
    const words = document.createElement("span");
    const who = document.createElement("b");
    who.textContent = name;
    words.append(who, ` ${strip.dataset.words}`);
    const badge = document.createElement("span");
    badge.className = "badge badge-brand";
    badge.textContent = strip.dataset.badge;
    const face = document.createElement("span");
    face.className = "av av-1";
    face.ariaHidden = "true";
    face.textContent = name.trim().slice(0, 1).toUpperCase();
    strip.append(face, words, badge);
    strip.hidden = false;
  };
  if (cart) {
    fetch("/visit.json", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then((visit) => { count(visit.cart_count); thank(visit.sharer); })
      .catch(() => {});
  }
}
