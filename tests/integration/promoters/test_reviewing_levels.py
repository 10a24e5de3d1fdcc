"""Every night levels follow own sales: up at once, down where the store lets them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import tenants
from app import promoters
from app.flows.review_levels import review_levels
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.promoters import Level, Promoter, PromoterPolicy
from tenants import Tenant
from tests import builders_earning as build
from tests import builders_selling as selling

MONDAY = date(2026, 11, 23)
SILVER_FROM, GOLD_FROM = 100_00, 500_00


async def _ladder(**policy: object) -> tuple[Level, Level]:
    silver = Level(id=new_id(), name="Silver", rank=1, from_net_amount=SILVER_FROM)
    gold = Level(id=new_id(), name="Gold", rank=2, from_net_amount=GOLD_FROM)
    async with tenants.transaction():
        for level in (silver, gold):
            await promoters.save_level(level)
        await promoters.save_policy(PromoterPolicy(**policy))  # type: ignore[arg-type]
    return silver, gold


async def _sold(host: Promoter, amount: int, *, refunded: int = 0, days_ago: int = 1) -> None:
    """A final decision as attribution writes it, of a real order's line."""
    placed = await selling.order()
    async with tenants.transaction():
        line: UUID = await tenants.connection().fetchval(
            "SELECT id FROM order_line WHERE order_id = $1", placed.order_id
        )
        await tenants.connection().execute(
            "INSERT INTO attribution_decision (id, order_id, order_line, status, promoter, reason, rule_version,"
            " receipt, base_amount, refunded_amount, decided_at, finalized_at)"
            " VALUES ($1, $2, $3, 'final', $4, 'last_click', '1', '{}', $5, $6, $7, $7)",
            new_id(), placed.order_id, line, host.id, amount, refunded, now() - timedelta(days=days_ago),
        )  # fmt: skip


async def _level(host: Promoter) -> UUID | None:
    async with tenants.transaction():
        return (await promoters.find(host.id)).level


async def test_sales_of_the_window_less_refunds_decide(shop: Tenant) -> None:
    silver, gold = await _ladder()
    best, good, old = [await build.promoter() for _ in range(3)]
    await _sold(best, 400_00)
    await _sold(best, 150_00)
    await _sold(good, 550_00, refunded=60_00)
    await _sold(old, 900_00, days_ago=91)

    assert await review_levels(MONDAY) == 2

    assert [await _level(host) for host in (best, good, old)] == [gold.id, silver.id, None]


async def test_the_same_day_counts_once_and_the_next_day_again(shop: Tenant) -> None:
    silver, _gold = await _ladder()
    host = await build.promoter()
    await review_levels(MONDAY)
    await _sold(host, SILVER_FROM)

    assert await review_levels(MONDAY) == 0
    assert await review_levels(MONDAY + timedelta(days=1)) == 1
    assert await _level(host) == silver.id


async def test_levels_fall_only_where_the_store_lets_them(shop: Tenant) -> None:
    silver, _gold = await _ladder(levels_fall=False)
    host = await build.promoter()
    async with tenants.transaction():
        await promoters.set_level(host.id, silver.id, actor="Su He")

    await review_levels(MONDAY)
    assert await _level(host) == silver.id

    async with tenants.transaction():
        await promoters.save_policy(PromoterPolicy(levels_fall=True))
    await review_levels(MONDAY + timedelta(days=1))
    assert await _level(host) is None


async def test_nobody_rises_who_had_too_much_refunded_and_a_fixed_level_stays(shop: Tenant) -> None:
    silver, gold = await _ladder(most_refund_bps=2_000)
    sloppy, fixed = await build.promoter(), await build.promoter()
    await _sold(sloppy, 1_000_00, refunded=201_00)
    await _sold(fixed, 1_000_00)
    async with tenants.transaction():
        await promoters.set_level(fixed.id, silver.id, actor="Su He")
        await promoters.fix_level(fixed.id, fixed=True)

    await review_levels(MONDAY)

    assert [await _level(sloppy), await _level(fixed)] == [None, silver.id]
    assert gold.id not in (await _level(sloppy), await _level(fixed))


async def test_whoever_moved_is_told_once_and_another_store_knows_nothing(shop: Tenant, other_shop: Tenant) -> None:
    await _ladder()
    host = await build.promoter()
    await _sold(host, GOLD_FROM)

    await review_levels(MONDAY)
    await review_levels(MONDAY + timedelta(days=1))

    async with tenants.transaction():
        told = await tenants.connection().fetch("SELECT kind, facts FROM message WHERE recipient = 'promoter'")
    assert [row["kind"] for row in told] == ["life.level"]
    assert "Gold" in told[0]["facts"]
    with tenants.bind(other_shop):
        assert await review_levels(MONDAY) == 0
