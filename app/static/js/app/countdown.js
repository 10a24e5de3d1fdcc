// Ticks every [data-ends]. The server's clock at render time corrects a wrong clock on the device.
{
  const pad = (number) => String(number).padStart(2, "0");
  const skews = new WeakMap();
  // A page from a cache may be some minutes old: within ten minutes the device's own clock is the better guess.
  const skewOf = (timer) => {
    if (!skews.has(timer)) {
      const age = Date.now() - Number(timer.dataset.now) * 1000;
      skews.set(timer, age > 0 && age < 600000 ? 0 : -age);
    }
    return skews.get(timer);
  };
  const tick = () => {
    for (const timer of document.querySelectorAll("[data-ends]")) {
      const left = Math.max(0, Math.round((Number(timer.dataset.ends) * 1000 - Date.now() - skewOf(timer)) / 1000));
      const days = timer.querySelector("i[data-unit]");
      const whole = days ? Math.floor(left / 86400) : 0;
      if (days) days.textContent = whole ? days.dataset.unit.replace("{}", whole) : "";
      const parts = [Math.floor(left / 3600) - whole * 24, Math.floor(left / 60) % 60, left % 60];
      timer.querySelectorAll("b").forEach((cell, place) => { cell.textContent = pad(parts[place]); });
    }
  };
  tick();
  setInterval(tick, 1000);
}
