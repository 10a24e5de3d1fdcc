"""Put a variant into a visitor's cart: only what is on sale, and not more than can be had."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import inventory, orders
from app.kernel.errors import Refusal


class NotForSale(Refusal):
    """The product was taken off the shelf, or this choice of it never existed."""

    code = "catalog.not_for_sale"
    status = 409
    message = "This is not for sale any more."


ON_SALE = """
SELECT product.title, variant.title AS variant_title FROM variant JOIN product ON product.id = variant.product
WHERE variant.id = $1 AND variant.active AND product.status = 'published' AND NOT product.gift_card
"""


async def add_to_cart(visitor_id: UUID, variant: UUID, quantity: int, *, customer_id: UUID | None = None) -> int:
    """Answers how many units of the variant the cart holds now. Raises NotForSale, NotEnoughStock."""
    async with tenants.transaction():
        title = await _require_on_sale(variant)
        total = await orders.add_line(visitor_id, variant, quantity, customer_id=customer_id)
        await _require_stock(variant, title, total)
    return total


async def change_cart(visitor_id: UUID, variant: UUID, quantity: int) -> None:
    """Set the units of one line; zero takes it out. Raises NotEnoughStock."""
    async with tenants.transaction():
        await orders.change_line(visitor_id, variant, quantity)
        if quantity > 0:
            await _require_stock(variant, await _require_on_sale(variant), quantity)


async def _require_on_sale(variant: UUID) -> str:
    row = await tenants.connection().fetchrow(ON_SALE, variant)
    if row is None:
        raise NotForSale
    title: str = row["title"]
    return title


async def _require_stock(variant: UUID, title: str, wanted: int) -> None:
    """A courtesy before checkout; only the reservation there is a promise."""
    figures = (await inventory.figures_of([variant])).get(variant)
    left = figures.for_sale if figures else 0
    if left is not None and left < wanted:
        raise inventory.NotEnoughStock(variant=variant, title=title, asked=wanted, left=left)
