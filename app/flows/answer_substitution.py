"""The shopper takes the other goods, or does not; nobody answering is a no.

One transaction each. A yes sends an order of its own that costs nothing, gives the difference back as an amount of the
old line, and takes the missing units off the order. Their price stays paid: it is that of the goods that are sent.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment, inventory, orders, payments
from app.flows import giving_back, unsent_goods
from app.flows import substitution_offers as offers
from app.flows.aftersale_overtaken import overtake
from app.fulfillment import AnsweredAlready, Substitution
from app.inventory import NotEnoughStock, Wanted
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.orders import Order, ReplacementLine
from app.payments import RefundLine
from tenants import outbox

REASON = "substituted"
GOODS = """
SELECT product.id AS product, product.title, variant.title AS variant_title, variant.sku,
    coalesce(product.cover_thumb_key, product.cover_key) AS image_key, variant.requires_shipping
FROM variant JOIN product ON product.id = variant.product WHERE variant.id = $1
"""


async def answer_substitution(order_id: UUID, substitution: UUID, *, accept: bool, by: str) -> Substitution:
    """The offer as it stands afterwards; the same answer twice is one answer.

    When the other goods were sold meanwhile, nothing of a yes is kept and it counts as a no.

    Raises NotFound, AnsweredAlready.
    """
    try:
        return await _answer(order_id, substitution, accept=accept, by=by)
    except NotEnoughStock:
        return await _answer(order_id, substitution, accept=False, by="system")


async def _answer(order_id: UUID, substitution: UUID, *, accept: bool, by: str) -> Substitution:
    async with tenants.transaction():
        order = await orders.lock(order_id)
        one = await fulfillment.find_substitution(substitution)
        if one.order_id != order_id:
            raise NotFound
        if one.status == ("accepted" if accept else "declined"):
            return one
        if not one.is_open or one.answer_until <= now():
            raise AnsweredAlready
        if accept:
            await _accept(order, one, by)
        else:
            await offers.turn_down(order, one, "declined", by=by)
        return await fulfillment.find_substitution(substitution)


async def _accept(order: Order, one: Substitution, by: str) -> None:
    """Raises AnsweredAlready when the missing units came all the same, or were decided about."""
    place = await offers.missing_at(one)
    if place is None:
        raise AnsweredAlready
    await _give_difference(order, one)
    count = sum(each.status == "accepted" for each in await fulfillment.substitutions_of(order.id))
    line = await _goods(one)
    replacement = await orders.write_replacement(order, f"{order.number}-S{count + 1}", [line], actor=by)
    await fulfillment.answer(one.id, "accepted", by=by, replacement=replacement)
    await outbox.post("fulfillment.plan", queue="critical", key=f"plan:{replacement}", order_id=replacement)
    work_order = await fulfillment.lock(one.fulfillment_order)
    await fulfillment.take_off_missing(work_order, {one.order_line: one.units})
    sold = next(each.variant for each in await orders.lines_of(order.id) if each.id == one.order_line)
    await inventory.free_units({(one.order_line, place): one.units})
    await inventory.write_off({(sold, place): one.units}, about=order.id, actor=by)
    await unsent_goods.move_on(order, cause=REASON)
    wanted = [Wanted(line.id, line.variant, line.quantity, line.title)]
    await inventory.reserve(replacement, wanted, expires_at=now() + timedelta(minutes=5))
    await inventory.allocate(replacement)


async def _give_difference(order: Order, one: Substitution) -> None:
    """As an amount and without units: those are still owed, as other goods."""
    if not one.back_amount:
        return
    left, terms = await giving_back.left_of(order.id), await giving_back.terms_of(order)
    parts = payments.choose(left, [RefundLine(one.order_line, 0, one.back_amount)], 0, terms)
    await overtake(order, payments.what_is_left(left, parts), {})
    await giving_back.owe(order, parts, reason=REASON, source_id=one.id)


async def _goods(one: Substitution) -> ReplacementLine:
    row = await tenants.connection().fetchrow(GOODS, one.variant)
    if row is None:
        raise NotFound
    return ReplacementLine(id=new_id(), variant=one.variant, quantity=one.units, **row)


async def lapse_substitutions() -> None:
    """By the clock: what nobody answered in time is a no; refunds that had to wait for the warehouse are asked for."""
    async with tenants.transaction():
        overdue = await fulfillment.overdue_substitutions()
        for waiting in await fulfillment.unrefunded_substitutions():
            await offers.ask_for_refund(waiting)
    for substitution in overdue:
        async with tenants.transaction():
            known = await fulfillment.find_substitution(substitution)
            order = await orders.lock(known.order_id)
            one = await fulfillment.find_substitution(substitution)
            if one.is_open:
                await offers.turn_down(order, one, "expired", by="system")
