"""What is paid for an order line of a community buy: to whoever hands it out, and to whoever brought the shopper."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tenants
from app.flows.place_order import Placed
from app.flows.reverse_commission import reverse_commission
from app.group_buying import Campaign
from app.kernel.ids import new_id
from app.kernel.money import floor_share
from app.pickups import Point
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_pickups as points
from tests.invariants import check, check_promoters


async def _through(promoter: Promoter, buy: Campaign, here: Point, *, units: int = 1) -> Placed:
    """An order of somebody who came by this promoter's link."""
    visitor = new_id()
    await earning.click(await earning.link(promoter), visitor=visitor)
    placed = await points.order_at(buy, here, visitor=visitor, units=units)
    await points.attribute(placed)
    return placed


async def _lines(order_id: UUID) -> list[tuple[str, UUID, int, int]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT role, promoter, rate_bps, amount - reversed_amount AS kept FROM commission_line"
            " WHERE order_id = $1 ORDER BY role",
            order_id,
        )
    return [tuple(row.values()) for row in rows]


async def test_the_leader_and_who_brought_the_shopper_each_get_a_line(shop: Tenant) -> None:
    friend, leader = await earning.promoter(rate_bps=800), await earning.promoter()
    here, buy = await points.point(leader), await points.community(price=2999)

    placed = await _through(friend, buy, here)

    assert await _lines(placed.order_id) == [
        ("pickup", leader.id, 300, 89), ("promotion", friend.id, 800, 239),
    ]  # fmt: skip
    await check(shop)


async def test_one_person_can_be_both(shop: Tenant) -> None:
    leader = await earning.promoter(rate_bps=800)
    here, buy = await points.point(leader), await points.community(price=2999)

    placed = await _through(leader, buy, here)

    assert [(role, who) for role, who, _rate, _kept in await _lines(placed.order_id)] == [
        ("pickup", leader.id), ("promotion", leader.id),
    ]  # fmt: skip
    await check(shop)


async def test_nobody_brought_the_shopper_and_only_the_handing_out_is_paid(shop: Tenant) -> None:
    leader = await earning.promoter()
    here, buy = await points.point(leader), await points.community(price=2999)

    placed = await points.order_at(buy, here)
    await points.attribute(placed)

    assert await _lines(placed.order_id) == [("pickup", leader.id, 300, 89)]
    await check(shop)


async def test_the_cap_cuts_the_promotion_and_a_later_change_of_rules_cuts_nothing(shop: Tenant) -> None:
    friend, leader = await earning.promoter(rate_bps=1500), await earning.promoter()
    here = await points.point(leader)
    buy = await points.community(price=4000, terms={"pickup_bps": 400, "cap_bps": 1000})

    placed = await _through(friend, buy, here)
    async with tenants.transaction():
        await tenants.connection().execute('UPDATE campaign SET terms = \'{"pickup_bps": 0, "cap_bps": 0}\'')

    assert await _lines(placed.order_id) == [
        ("pickup", leader.id, 400, 160), ("promotion", friend.id, 600, 240),
    ]  # fmt: skip
    await check(shop)


@pytest.mark.parametrize("back", [1, 777, 5998])
async def test_a_refund_takes_both_shares_back_by_the_rule_of_floors(shop: Tenant, back: int) -> None:
    friend, leader = await earning.promoter(rate_bps=800), await earning.promoter()
    here, buy = await points.point(leader), await points.community(price=2999)
    placed = await _through(friend, buy, here, units=2)

    await earning.mark_refunded(placed.order_id, back)
    await reverse_commission(placed.order_id)
    await reverse_commission(placed.order_id)

    left = 5998 - back
    assert [kept for *_who, kept in await _lines(placed.order_id)] == [floor_share(left, 300), floor_share(left, 800)]
    await check_promoters(shop)


@given(
    base=st.integers(0, 10**9), pickup=st.integers(0, 10_000), own=st.integers(0, 10_000), cap=st.integers(0, 10_000)
)
def test_both_shares_together_never_exceed_the_cap(base: int, pickup: int, own: int, cap: int) -> None:
    handing = min(pickup, cap)
    shares: Sequence[int] = [floor_share(base, handing), floor_share(base, min(own, cap - handing))]

    assert sum(shares) <= floor_share(base, cap)
    assert all(share >= 0 for share in shares)
