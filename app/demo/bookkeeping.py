"""Part eight: the books say where every cent of the order went."""

from __future__ import annotations

from decimal import Decimal

from app.demo import sums
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World


def bookkeeping(world: World) -> list[Step]:
    async def adds_up() -> str:
        order = await world.merchant.open(world.order_desk)
        address = order.link(f"/orders/{world.order}/money")

        async def settled() -> Page:
            page = (await world.merchant.open(address)).require("It adds up", "Given back")
            require_sums(world, page)
            return page

        page = await until(settled, seconds=20, what="an order that adds up")
        shares = ", ".join(f"{label} {sums.write(amount)}" for label, amount in _went(page).items())
        return f"{shares}  {page.url}"

    return [Step("The books say where the money went, and it adds up", adds_up)]


def require_sums(world: World, page: Page) -> None:
    """What went anywhere is what came in, and the two shares seen on other pages are the same here."""
    went, paid = _went(page), _rows(page, "Where it came from")
    if sum(went.values()) != sum(paid.values()):
        raise NotSeen(f"{paid} came in and {went} went out on {page.url}")
    kept = sums.commission(sums.read(world.goods) - world.given_back)
    if (went.get("Given back"), went.get("Promoters")) != (world.given_back, sums.read(kept)):
        raise NotSeen(f"{world.given_back} was given back and {kept} is the host's, but {page.url} says {went}")


def _went(page: Page) -> dict[str, Decimal]:
    return _rows(page, "Where it went")


def _rows(page: Page, heading: str) -> dict[str, Decimal]:
    """The table with this first column, down to the row with its sum. Raises NotSeen."""
    cells = page.text.split("\n")
    if heading not in cells or "Together" not in cells[cells.index(heading) :]:
        raise NotSeen(f"no table {heading!r} on {page.url}; it says: {page.excerpt}")
    start = cells.index(heading) + len((heading, "Amount"))
    rows = cells[start : cells.index("Together", start)]
    return {label: sums.read(amount) for label, amount in zip(rows[::2], rows[1::2], strict=True)}
