"""The merchant offers other goods in place of missing ones, or takes the offer back.

One transaction each; the shopper hears of it by mail. The other goods never cost more than was paid for the missing
ones, so that nothing has to be charged a second time.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows import substitution_offers as offers
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal

HOURS = (24, 48, 72)


class NothingMissingThere(Refusal):
    """Somebody decided already, or the units came all the same."""

    code = "fulfillment.nothing_missing_there"
    status = 409
    message = "Nothing of this line is missing any more. The shopper was not asked."


class DearerThanPaid(Refusal):
    """The shopper would have to pay once more."""

    code = "fulfillment.dearer_than_paid"
    status = 422
    message = "These goods cost more than was paid for the missing ones. Offer something of the same price or cheaper."


class NotEnoughInstead(Refusal):
    """It would be missing again."""

    code = "fulfillment.not_enough_instead"
    status = 409
    message = "There are not enough units of these goods in any warehouse."


async def propose_substitution(
    order_id: UUID, work_order: UUID, *, line: UUID, variant: UUID, hours: int, by: str
) -> UUID:
    """Raises NothingMissingThere, DearerThanPaid, NotEnoughInstead, OfferedAlready; then nobody is asked."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        known = [one for one in await offers.missing_lines(order) if (one.work_order, one.line) == (work_order, line)]
        if not known:
            raise NothingMissingThere
        missing = known[0]
        found = await offers.goods_for(missing, variant)
        if not found:
            raise NotEnoughInstead
        goods = found[0]
        if goods.price_amount > missing.most_amount:
            raise DearerThanPaid
        made = await fulfillment.propose(
            work_order, line, units=missing.units, variant=variant, title=goods.title, price_amount=goods.price_amount,
            paid_amount=missing.paid_amount, back_amount=missing.back_for(goods.price_amount),
            answer_until=now() + timedelta(hours=hours), by=by,
        )  # fmt: skip
        await offers.tell_shopper(order, await fulfillment.find_substitution(made))
        return made


async def withdraw_substitution(order_id: UUID, substitution: UUID, *, by: str) -> None:
    """Raises NotFound, AnsweredAlready."""
    async with tenants.transaction():
        await orders.lock(order_id)
        if (await fulfillment.find_substitution(substitution)).order_id != order_id:
            raise NotFound
        await fulfillment.answer(substitution, "withdrawn", by=by)
