// The chosen variant's own price and units, and what can still be combined with it; without script every choice shows its price.
for (const form of document.querySelectorAll("[data-variants]")) {
  const variants = JSON.parse(form.dataset.variants);
  const line = document.querySelector("[data-price]");
  const few = form.querySelector("[data-few]");
  const count = form.querySelector('[name="quantity"]');
  const groups = [...form.querySelectorAll("fieldset")].map((group) => [...group.querySelectorAll("input")]);
  const chosen = () => groups.map((choices) => choices.find((choice) => choice.checked)?.value);
  const make = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const find = (values) => variants.find((variant) => variant.values.every((value, place) => value === values[place]));
  const can = (values) => { const variant = find(values); return Boolean(variant) && variant.units !== 0; };
  // A choice that leads nowhere with what is chosen beside it looks sold out, but may be picked: the rest follows it.
  const follow = (place) => {
    const values = chosen();
    if (can(values)) return;
    const next = variants.find((variant) => variant.values[place] === values[place] && variant.units !== 0);
    if (next) groups.forEach((choices, at) => choices.forEach((choice) => { choice.checked = choice.value === next.values[at]; }));
  };
  const dim = () => groups.forEach((choices, place) => choices.forEach((choice) => {
    const values = chosen();
    values[place] = choice.value;
    choice.closest("label").classList.toggle("apart", !choice.disabled && !can(values));
  }));
  const write = () => {
    const variant = find(chosen());
    if (!variant) return;
    const price = make("span", "price", "");
    price.append(make("small", "", variant.price[0]), variant.price[1]);
    line.replaceChildren(price);
    if (variant.was) {
      const was = make("s", "was", variant.was);
      was.prepend(make("span", "vh", form.dataset.was));
      line.append(was);
    }
    few.textContent = variant.note;
    count.max = Math.min(variant.units || 99, 99);
    count.value = Math.min(count.value, count.max);
    dim();
  };
  groups.forEach((choices, place) => choices.forEach((choice) => choice.addEventListener("change", () => { follow(place); write(); })));
  write();
  window.addEventListener("pageshow", write); // the browser may have put back an earlier choice
}
