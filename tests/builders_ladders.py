"""Ladders that are sold and settled, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import tenants
from app import group_buying, payments
from app.flows.join_campaign import join_campaign
from app.flows.place_order import Placed, place_order
from app.flows.run_campaign import close_campaign, settle_campaign
from app.flows.settle_refund import settle_refund
from app.group_buying import Campaign, ItemDraft, Tier
from app.kernel.ids import new_id
from infra.payment.port import RefundState
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_selling import Offer
from tests.faults import jobs

STAIRS = ((3, 4390), (5, 3990))
ELSEWHERE = ("payments.", "fulfillment.")


async def ladder(
    *offers: Offer, first: int = 4990, stairs: Sequence[tuple[int, int]] = STAIRS, **facts: Any
) -> Campaign:
    """An open ladder: 49.90 at first, 43.90 from three, 39.90 from five."""
    offers = offers or (await selling.offer(stock=1000, price=5600),)
    tiers = tuple(Tier(count, price) for count, price in stairs)
    items = [ItemDraft(each.variant, first, None, tiers) for each in offers]
    return await campaigns.campaign(*offers, kind="ladder_campaign", items=items, **facts)


async def join_saving(
    of: Campaign,
    units: Mapping[UUID, int],
    *,
    coupon: UUID | None = None,
    points: bool = False,
    customer: UUID | None = None,
    visitor: UUID | None = None,
) -> Placed:
    """A placed order of these variants, with a coupon or points on top."""
    visitor = visitor or new_id()
    cart = await join_campaign(of.code, visitor, units, {}, customer_id=customer)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE cart SET coupon = $2, use_points = $3 WHERE id = $1", cart, coupon, points
        )
    phone = f"139{new_id().int % 10**8:08d}"
    wanted = selling.checkout(phone=phone, email=f"{phone}@example.test", customer_id=customer)
    return await place_order(cart, visitor, wanted)


async def finish(campaign: Campaign, *, work: bool = True) -> None:
    """Its time is over, everything that follows is done, and the provider has given the money back."""
    await campaigns.end(campaign.id)
    await close_campaign(campaign.id)
    await settle_campaign(campaign.id)
    if work:
        await work_off()


async def work_off(*, failing: int = 0) -> None:
    """Everything that follows is done; the first so many refunds do not go through."""
    for _ in range(3):
        await jobs.make_everything_due(except_kind="payments.expire_order")
        await jobs.work(*ELSEWHERE)
        await give_back(failing=failing)
        failing = 0


async def give_back(*, failing: int = 0) -> None:
    """What is owed is back, as the provider says; or, of the first ones, that it is not."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT refund.number, payment.number AS payment, refund.amount, refund.currency FROM refund"
            " JOIN payment ON payment.id = refund.payment WHERE refund.status = 'pending'"
        )
    for place, row in enumerate(rows):
        status: Literal["failed", "succeeded"] = "failed" if place < failing else "succeeded"
        await settle_refund(RefundState(row["number"], row["payment"], status, row["amount"], row["currency"]))


async def differences(order_id: UUID) -> list[int]:
    """What came back of an order because the price fell."""
    async with tenants.transaction():
        refunds = await payments.refunds_of(order_id)
    return [one.amount for one in refunds if one.reason == group_buying.ladders.DIFFERENCE]


async def progress(campaign_id: UUID) -> group_buying.ladders.Progress:
    async with tenants.transaction():
        return await group_buying.ladders.progress_of(campaign_id)


async def final(campaign_id: UUID) -> group_buying.ladders.Final | None:
    async with tenants.transaction():
        return await group_buying.ladders.final_of(campaign_id)
