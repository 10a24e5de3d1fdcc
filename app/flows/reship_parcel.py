"""A parcel that was lost or spoiled is sent again: an order of its own that costs nothing, once for each parcel.

One transaction. Nothing is charged and no sale is posted; the stock is held and allocated in the same breath, last
before COMMIT.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment, inventory, orders
from app.inventory import Wanted
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.orders import ReplacementLine
from tenants import outbox

OVER = ("parcel_lost", "parcel_stuck", "parcel_returned", "parcel_delayed")


async def reship_parcel(order_id: UUID, parcel: UUID, *, reason: str, words: str, by: str) -> str:
    """The number of the replacement. Raises NotFound, InvalidInput, SentAgain, NotEnoughStock; then nothing is kept."""
    if reason not in fulfillment.RESHIP_REASONS:
        raise InvalidInput({"reason": N_("Choose one of the offered values.")})
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.status not in ("placed", "completed"):
            raise NotFound
        contents = await fulfillment.parcel_contents(parcel, order_id)
        known = await fulfillment.reships_of(order_id)
        if parcel in known:
            raise fulfillment.SentAgain
        lines = [
            ReplacementLine(
                new_id(), line.product, line.variant, line.title, line.variant_title, line.sku, line.image_key,
                contents[line.id], line.requires_shipping,
            )
            for line in await orders.lines_of(order_id)
            if line.id in contents
        ]  # fmt: skip
        number = f"{order.number}-R{len(known) + 1}"
        replacement = await orders.write_replacement(order, number, lines, actor=by)
        await fulfillment.record_reship(parcel, replacement, reason=reason, words=words, by=by)
        await fulfillment.close_these([parcel], *OVER)
        await outbox.post("fulfillment.plan", queue="critical", key=f"plan:{replacement}", order_id=replacement)
        wanted = [Wanted(line.id, line.variant, line.quantity, line.title) for line in lines]
        await inventory.reserve(replacement, wanted, expires_at=now() + timedelta(minutes=5))
        await inventory.allocate(replacement)
    return number
