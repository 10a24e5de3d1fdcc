// Ticks every [data-ends]. The server's clock at render time corrects a wrong clock on the device.
{
  const pad = (number) => String(number).padStart(2, "0");
  const skew = new WeakMap();
  const tick = () => {
    for (const timer of document.querySelectorAll("[data-ends]")) {
      if (!skew.has(timer)) skew.set(timer, Number(timer.dataset.now) * 1000 - Date.now());
      const left = Math.max(0, Math.round((Number(timer.dataset.ends) * 1000 - Date.now() - skew.get(timer)) / 1000));
      const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
      timer.querySelectorAll("b").forEach((cell, place) => { cell.textContent = pad(parts[place]); });
    }
  };
  // A page from a cache may be some minutes old: then the device's clock is the better guess.
  for (const timer of document.querySelectorAll("[data-ends]")) {
    const age = Date.now() - Number(timer.dataset.now) * 1000;
    skew.set(timer, age > 0 && age < 600000 ? 0 : -age);
  }
  tick();
  setInterval(tick, 1000);
}
