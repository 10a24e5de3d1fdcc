"""The replacement of an exchange: an order of its own that costs nothing. It runs in its caller's transaction.

Its number follows from the request's, so a replacement cannot be sent twice. No sale is posted, because nothing was
sold. The stock is held and allocated in the same breath, last before COMMIT.
"""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import aftersales, inventory, orders
from app.aftersales import IllegalMove
from app.flows.aftersale_steps import CUSTOMER, Desk, settle_dispute, take_step, tell
from app.inventory import Wanted
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.orders import ReplacementLine
from tenants import outbox

GOODS = """
SELECT line.quantity, variant.id AS variant, variant.product, product.title, variant.title AS variant_title,
    variant.sku, sold.image_key, variant.requires_shipping
FROM aftersale_line AS line
JOIN order_line AS sold ON sold.id = line.order_line
JOIN variant ON variant.id = coalesce(line.exchange_variant, sold.variant)
JOIN product ON product.id = variant.product
WHERE line.aftersale = $1 ORDER BY sold.line_number
"""


async def replace_goods(desk: Desk, *, cause: str, actor: str) -> None:
    """Write the replacement and end the request."""
    case = desk.case
    if case.kind != "exchange" or case.status not in ("received", "inspecting"):
        raise IllegalMove(at=case.status, to="exchanged")
    lines = [ReplacementLine(id=new_id(), **row) for row in await tenants.connection().fetch(GOODS, case.id)]
    number = f"{case.number}-X"
    replacement = await orders.write_replacement(desk.order, number, lines, actor=actor)
    await aftersales.record_exchange(case.id, replacement)
    await settle_dispute(desk)
    await take_step(desk, "exchanged", cause=cause, actor=actor)
    await tell(desk, "exchanged", (CUSTOMER,), exchange=number)
    await outbox.post("fulfillment.plan", queue="critical", key=f"plan:{replacement}", order_id=replacement)
    wanted = [Wanted(line.id, line.variant, line.quantity, line.title) for line in lines]
    await inventory.reserve(replacement, wanted, expires_at=now() + timedelta(minutes=5))
    await inventory.allocate(replacement)
