// The fulfillment board: says how many are chosen; a card dragged onto the next lane is chosen and pushed, after a question.
for (const board of document.querySelectorAll("[data-board]")) {
  const boxes = () => [...board.querySelectorAll("input[data-orders]:checked")];
  const none = board.querySelector("[data-chosen-none]");
  const some = board.querySelector("[data-chosen-some]");
  const count = () => {
    if (!some) return;
    const chosen = boxes();
    none.hidden = chosen.length > 0;
    some.hidden = !chosen.length;
    const batches = chosen.filter((box) => box.name === "card").length;
    const both = [["batches", batches], ["orders", chosen.reduce((sum, box) => sum + Number(box.dataset.orders), 0)]];
    for (const [name, number] of both) board.querySelector(`[data-chosen-${name}]`).textContent = number;
  };
  board.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
  const lane = (name) => board.querySelector(`[aria-labelledby="lane-${name}"]`);
  const push = board.querySelector('button[name="deed"][value="push"]');
  if (!push || !lane("waiting") || !lane("pushed")) continue;
  let dragged = null;
  for (const box of lane("waiting").querySelectorAll("input[data-orders]")) {
    const card = box.closest("[data-job]");
    card.draggable = true;
    card.addEventListener("dragstart", () => { dragged = box; });
    card.addEventListener("dragend", () => { dragged = null; });
  }
  lane("pushed").addEventListener("dragover", (event) => { if (dragged) event.preventDefault(); });
  lane("pushed").addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    if (!window.confirm(board.dataset.ask)) return;
    dragged.checked = true;
    count();
    board.requestSubmit(push);
  });
}
