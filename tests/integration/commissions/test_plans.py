"""What a plan pays on real orders: whose version counts, who above earns, what refunds take back, what stays apart."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest
from asyncpg import CheckViolationError

import tenants
from app import commissions, promoters
from app.commissions import PlanIsFixed, TooLate
from app.flows.decide_attribution import decide_attribution
from app.flows.reverse_commission import reverse_commission
from app.flows.settle_commissions import settle_commissions
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as payouts
from tests import builders_plans as build
from tests.invariants import check_promoters

LEVELS = {"shape": "parallel", "depth": 3, "rates": (1000, 300, 100)}


async def test_without_a_plan_everybody_earns_their_own_rate(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()

    order = await build.sold(seller, 8_780)

    assert await build.shares_of(order) == [("Xiaoya", "promotion", 1000, 878)]
    async with tenants.transaction():
        rule = await tenants.connection().fetchval("SELECT rule FROM commission_line")
    assert msgspec.json.decode(rule) == {"rule": "promoter_rate", "version": 1, "rate_bps": 1000}


async def test_a_plan_pays_the_seller_and_those_above(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    plan = await build.in_force(build.rule(**LEVELS, name="Everything"), days_ago=40)

    order = await build.sold(seller, 3_333, freight=800)

    assert await build.shares_of(order) == [
        ("Xiaoya", "promotion", 1000, 333), ("Ma Jie", "upline", 300, 99), ("Chen Ge", "upline", 100, 33),
    ]  # fmt: skip
    async with tenants.transaction():
        rule = msgspec.json.decode(
            await tenants.connection().fetchval("SELECT rule FROM commission_line WHERE role = 'promotion'")
        )
    assert (rule["rule"], rule["version"], rule["plan"], rule["rule_name"], rule["cap_bps"]) == (
        "plan", 1, str(plan.id), "Everything", 5000,
    )  # fmt: skip
    await check_promoters(shop)


async def test_an_order_is_paid_by_the_plan_in_force_when_it_was_placed(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(1100,)), days_ago=10)
    await build.in_force(build.rule(rates=(1250,)), days_ago=2)

    earlier, later = await build.sold(seller, 8_000, days_ago=5), await build.sold(seller, 8_000)

    assert await build.shares_of(earlier) == [("Xiaoya", "promotion", 1100, 880)]
    assert await build.shares_of(later) == [("Xiaoya", "promotion", 1250, 1_000)]


async def test_a_later_plan_changes_nothing_of_what_was_decided(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(1200,)), days_ago=5)
    order = await build.sold(seller, 10_000)

    await build.in_force(build.rule(rates=(2000,)), days_ago=0)
    await decide_attribution(order)

    assert await build.shares_of(order) == [("Xiaoya", "promotion", 1200, 1_200)]


async def test_differences_are_paid_by_the_levels_people_had_when_the_order_was_placed(shop: Tenant) -> None:
    seller, parent, grandparent = await build.line_of_three()
    bronze, gold = await build.level("Bronze", 1, seller, parent), await build.level("Gold", 3, grandparent)
    by_level = {str(bronze): 1000, str(gold): 1500}
    await build.in_force(build.rule(shape="differential", depth=3, rates=(500,), by_level=by_level), days_ago=40)

    order = await build.sold(seller, 10_000)

    assert await build.shares_of(order) == [("Xiaoya", "promotion", 1000, 1_000), ("Chen Ge", "upline", 500, 500)]


@pytest.mark.parametrize(
    ("policy", "paid"), [("skip", [("Chen Ge", 100)]), ("compress", [("Chen Ge", 300)]), ("house", [("Chen Ge", 100)])]
)
async def test_who_is_suspended_above_earns_nothing_and_the_store_says_who_does(
    shop: Tenant, policy: str, paid: list[tuple[str, int]]
) -> None:
    seller, parent, _grandparent = await build.line_of_three()
    await build.in_force(build.rule(**LEVELS), days_ago=40)
    async with tenants.transaction():
        await promoters.suspend(parent.id, by="Su He")
        await promoters.save_policy(promoters.PromoterPolicy(on_inactive_upline=policy))  # type: ignore[arg-type]

    order = await build.sold(seller, 10_000)

    assert [(name, kept) for name, role, _bps, kept in await build.shares_of(order) if role == "upline"] == paid


async def test_a_fee_for_each_unit_goes_back_with_its_unit(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(shape="flat", rates=(), fees=(500,)), days_ago=40)
    order = await build.sold(seller, 13_170, units=3)

    kept = [await _kept_after(order, goods, units) for goods, units in ((0, 0), (4_390, 1), (4_390, 1), (4_390, 1))]

    assert kept == [1_500, 1_000, 500, 0]
    await check_promoters(shop)


async def _kept_after(order: UUID, goods: int, units: int) -> int:
    if goods:
        await earning.mark_refunded(order, goods)
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE refund_line SET quantity = $1 WHERE id = (SELECT id FROM refund_line ORDER BY id DESC LIMIT 1)",
                units,
            )
        await reverse_commission(order)
    return sum(kept for _name, _role, _bps, kept in await build.shares_of(order))


async def test_one_of_three_units_back_after_the_payout_and_a_new_rate_is_exactly_what_was_paid_for_it(
    shop: Tenant,
) -> None:
    await payouts.terms()
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(1250,)), days_ago=40)
    order = await build.sold(seller, 9_999, units=3)
    await payouts.received(order)
    await settle_commissions(order)
    await payouts.asked(seller, 1_249)
    await build.in_force(build.rule(rates=(3000,)), days_ago=0)

    await earning.mark_refunded(order, 3_333)
    await reverse_commission(order)

    assert await build.shares_of(order) == [("Xiaoya", "promotion", 1250, 833)]
    assert await payouts.purse(seller) == {"frozen": 0, "available": 0, "debt": 416}

    again = await build.sold(seller, 10_000)
    await payouts.received(again)
    await settle_commissions(again)

    assert await build.shares_of(again) == [("Xiaoya", "promotion", 3000, 3_000)]
    assert await payouts.purse(seller) == {"frozen": 0, "available": 2_584, "debt": 0}
    await check_promoters(shop)


async def test_what_was_published_is_never_rewritten_nor_dated_back(shop: Tenant) -> None:
    plan = await build.in_force()
    draft = await build.draft()

    async with tenants.transaction():
        with pytest.raises(PlanIsFixed):
            await commissions.publish_plan(plan.id, now(), by="Su He")
        with pytest.raises(TooLate):
            await commissions.publish_plan(draft.id, earning.days_ago(1), by="Su He")
        await commissions.discard_plan(plan.id)
        assert [(one.version, one.status) for one in await commissions.read_plans()] == [
            (2, "draft"), (1, "published"),
        ]  # fmt: skip


async def test_a_retired_plan_leaves_everybody_their_own_rate(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    plan = await build.in_force(build.rule(rates=(500,)), days_ago=40)
    async with tenants.transaction():
        await commissions.retire_plan(plan.id)

    order = await build.sold(seller, 10_000)

    assert await build.shares_of(order) == [("Xiaoya", "promotion", 1000, 1_000)]


async def test_the_database_knows_no_fourth_level(shop: Tenant) -> None:
    with pytest.raises(CheckViolationError, match="never_deeper_than_three"):
        await build.draft(build.rule(depth=4, rates=(1000, 100, 100, 100)))


async def test_another_store_has_neither_the_plan_nor_its_rates(shop: Tenant, other_shop: Tenant) -> None:
    plan = await build.in_force(build.rule(rates=(2000,)))

    with tenants.bind(other_shop):
        seller, *_above = await build.line_of_three()
        order = await build.sold(seller, 10_000)

        assert await build.shares_of(order) == [("Xiaoya", "promotion", 1000, 1_000)]
        async with tenants.transaction():
            assert await commissions.read_plans() == []
            with pytest.raises(NotFound):
                await commissions.read_plan(plan.id)
            with pytest.raises(NotFound):
                await commissions.publish_plan(new_id(), now(), by="Su He")
