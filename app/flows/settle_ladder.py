"""A ladder has ended: one order gets back what it paid above the final price, and may be sent.

One transaction for each order, so that an interrupted settlement goes on where it stopped: the difference is owed, the
share is settled and the goods are let go together, or not at all. What the order would have cost is computed by its own
stored rules; the promoter's commission follows by itself from what came back of each line.
"""

from __future__ import annotations

from uuid import UUID, uuid5

import structlog

import tenants
from app import group_buying, orders, payments
from app.flows import campaign_seats, giving_back
from app.flows.aftersale_overtaken import overtake
from app.flows.ladder_difference import difference
from app.kernel.errors import NotFound
from app.kernel.money import CURRENCIES
from app.payments import Part
from tenants import outbox

log = structlog.get_logger()


async def comes_to_nothing(order_id: UUID) -> bool:
    """Whether too few came and this order is to be called off, which is a journey of its own. Raises NotFound."""
    async with tenants.transaction():
        share, final = await _ending(order_id)
        return not share.is_settled and final.outcome == "failed"


async def settle_ladder(order_id: UUID) -> int:
    """What is owed back to the order; nothing when it was settled before. Raises NotFound for any other order.

    Cash at the door that is not there yet has no difference: then only the goods are let go, and the share waits.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        share, final = await _ending(order_id)
        if share.is_settled:
            return 0
        if order.payment_status == "authorized":
            await campaign_seats.confirm(order)
            return 0
        left = await giving_back.left_of(order_id) if order.is_paid else []
        parts = await _parts(order, left, final)
        back = await _owe(order, left, parts)
        await group_buying.ladders.settle_share(order_id, paid=sum(part.amount for part in left), back=back)
        if final.outcome != "failed":
            await campaign_seats.confirm(order)
        await _end_with_the_last(share.campaign)
        campaign_seats.tell(share.campaign)
    log.info("ladder.settled", order=order_id, back=back)
    return back


async def _ending(order_id: UUID) -> tuple[group_buying.ladders.Share, group_buying.ladders.Final]:
    share = await group_buying.ladders.share_of(order_id)
    final = await group_buying.ladders.final_of(share.campaign) if share else None
    if share is None or final is None:
        raise NotFound
    return share, final


async def _parts(order: orders.Order, left: list[Part], final: group_buying.ladders.Final) -> list[Part]:
    if final.outcome != "stepped" or not left:
        return []
    kept = await orders.recorded(order.id, orders.as_charged)
    priced = orders.reprice(kept, final.prices)
    # A line that was edited away stays in the rules as a line of nothing.
    now = [amounts for line, amounts in zip(kept.lines, priced.lines, strict=True) if line.quantity]
    return difference(await orders.lines_of(order.id), now, left, CURRENCIES[order.currency].step)


async def _owe(order: orders.Order, left: list[Part], parts: list[Part]) -> int:
    source = uuid5(order.id, group_buying.ladders.DIFFERENCE)
    if not parts:
        return 0
    if known := await payments.refunds_for(source):
        return sum(refund.amount for refund in known)
    await overtake(order, payments.what_is_left(left, parts))
    refunds = await giving_back.owe(order, parts, reason=group_buying.ladders.DIFFERENCE, source_id=source)
    return sum(refund.amount for refund in refunds)


async def _end_with_the_last(campaign_id: UUID) -> None:
    if not await group_buying.ladders.unsettled_orders(campaign_id, at_the_door=True):
        await outbox.post("group_buying.settle", key=f"settle_last:{campaign_id}", campaign_id=campaign_id)
