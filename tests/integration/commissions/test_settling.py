"""Commission becomes due when the goods arrived and the return period is over, once, and to the cent."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

import tenants
from app.flows.reverse_commission import reverse_commission
from app.flows.settle_commissions import orders_due, settle_commissions
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as build
from tests.invariants import check_promoters
from workers.commissions import HANDLERS


async def _lines(order: UUID) -> list[tuple[str, datetime | None]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT status, settle_at FROM commission_line WHERE order_id = $1 ORDER BY id", order
        )
    return [(row["status"], row["settle_at"]) for row in rows]


async def _ask_back(order: UUID, *, closed_days_ago: float | None) -> UUID:
    """An after-sale request about the order's first line, open or closed."""
    case, closed = new_id(), None if closed_days_ago is None else now() - timedelta(days=closed_days_ago)
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(
            "INSERT INTO aftersale (id, number, order_id, kind, status, opened_by, reason, currency, wanted_amount,"
            " created_at, updated_at, closed_at, deadline_at, waits_for)"
            " VALUES ($1, $2, $3, 'claim', $4, 'shopper', 'damaged', 'CNY', 1, now(), now(), $5, $6, $7)",
            case, case.hex, order, "declined" if closed else "requested", closed, None if closed else now(),
            "" if closed else "merchant",
        )  # fmt: skip
        await database.execute(
            "INSERT INTO aftersale_line (id, aftersale, order_line, quantity, worth_amount)"
            " SELECT $1, $2, id, 1, 1 FROM order_line WHERE order_id = $3 ORDER BY line_number LIMIT 1",
            new_id(), case, order,
        )  # fmt: skip
    return case


async def test_goods_that_have_not_arrived_earn_nothing_yet(shop: Tenant) -> None:
    host = await earning.promoter()
    order = await build.sold(host, received_days_ago=None)

    assert await settle_commissions(order) == 0

    assert await _lines(order) == [("accrued", None)]
    assert await build.purse(host) == {"frozen": 1_000, "available": 0, "debt": 0}


async def test_commission_is_frozen_for_the_stores_days_after_the_goods_arrived(shop: Tenant) -> None:
    host = await earning.promoter()
    order = await build.sold(host, received_days_ago=14)

    assert await settle_commissions(order) == 0

    ((status, settle_at),) = await _lines(order)
    assert status == "frozen"
    assert settle_at is not None
    assert timedelta(hours=23) < settle_at - now() < timedelta(hours=25)


async def test_after_the_return_period_it_can_be_withdrawn_once(shop: Tenant) -> None:
    host = await earning.promoter()
    order = await build.sold(host, 10_000, 999, received_days_ago=16)

    settled = await asyncio.gather(*(settle_commissions(order) for _ in range(4)))

    assert sorted(settled) == [0, 0, 0, 2]
    assert await build.purse(host) == {"frozen": 0, "available": 1_099, "debt": 0}
    await check_promoters(shop)


@pytest.mark.parametrize(("days", "status"), [(9, "accrued"), (11, "frozen"), (26, "available")])
async def test_a_parcel_nobody_reports_counts_as_received_some_days_after_it_left(
    shop: Tenant, days: int, status: str
) -> None:
    order = await build.sold(await earning.promoter(), received_days_ago=days, status="fulfilled")

    await settle_commissions(order)

    assert [line[0] for line in await _lines(order)] == [status]


async def test_a_line_somebody_asks_back_waits_for_the_answer_and_the_others_do_not(shop: Tenant) -> None:
    order = await build.sold(await earning.promoter(), 10_000, 5_000, received_days_ago=20)
    await _ask_back(order, closed_days_ago=None)

    await settle_commissions(order)

    assert [line[0] for line in await _lines(order)] == ["earned", "available"]
    assert await orders_due() == []


async def test_the_return_period_counts_from_the_end_of_the_last_request(shop: Tenant) -> None:
    order = await build.sold(await earning.promoter(), received_days_ago=40)
    await _ask_back(order, closed_days_ago=10)

    await settle_commissions(order)

    ((status, settle_at),) = await _lines(order)
    assert status == "frozen"
    assert settle_at is not None
    assert timedelta(days=4) < settle_at - now() < timedelta(days=6)


async def test_other_terms_of_the_store_do_not_move_a_date_that_was_promised(shop: Tenant) -> None:
    order = await build.sold(await earning.promoter(), received_days_ago=1)
    await settle_commissions(order)
    promised = await _lines(order)

    await build.terms(freeze_days=90)
    await settle_commissions(order)

    assert await _lines(order) == promised


async def test_while_money_is_on_its_way_back_nothing_becomes_due(shop: Tenant) -> None:
    host = await earning.promoter()
    order = await build.sold(host, 10_000)
    await earning.mark_refunded(order, 5_000)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE refund SET status = 'failed', succeeded_at = NULL")

    assert await settle_commissions(order) == 0
    assert await orders_due() == []


async def test_the_job_settles_every_order_and_takes_refunds_back_first(shop: Tenant) -> None:
    host = await earning.promoter()
    refunded, whole = await build.sold(host, 10_000), await build.sold(host, 999)
    await earning.mark_refunded(refunded, 5_001)

    for _ in range(2):
        await HANDLERS["commissions.settle"](build.JOB)

    assert [line[0] for line in await _lines(refunded) + await _lines(whole)] == ["available", "available"]
    assert await build.purse(host) == {"frozen": 0, "available": 499 + 99, "debt": 0}
    await check_promoters(shop)


async def test_an_order_that_has_just_arrived_gets_its_date_at_once_and_alone(shop: Tenant) -> None:
    host = await earning.promoter()
    arrived, other = await build.sold(host, received_days_ago=0), await build.sold(host, received_days_ago=0)

    await HANDLERS["commissions.settle"](build.JOB, order_id=str(arrived))

    assert [line[0] for line in await _lines(arrived) + await _lines(other)] == ["frozen", "accrued"]


async def test_a_refund_after_settling_is_taken_from_what_can_be_withdrawn(shop: Tenant) -> None:
    host = await build.earner(10_000)
    order = await build.sold(host, 5_000)
    await settle_commissions(order)
    await earning.mark_refunded(order, 2_500)

    await reverse_commission(order)

    assert await build.purse(host) == {"frozen": 0, "available": 1_250, "debt": 0}
    await check_promoters(shop)


async def test_what_is_refunded_after_the_payout_is_a_debt_that_the_next_settlement_repays_first(shop: Tenant) -> None:
    await build.terms()
    host = await earning.promoter()
    order = await build.sold(host, 10_000)
    await settle_commissions(order)
    await build.asked(host, 700)
    await earning.mark_refunded(order, 10_000)
    await reverse_commission(order)
    assert await build.purse(host) == {"frozen": 0, "available": 0, "debt": 700}

    await settle_commissions(await build.sold(host, 4_000))
    owed = await build.purse(host)
    await settle_commissions(await build.sold(host, 5_000))

    assert owed == {"frozen": 0, "available": 0, "debt": 300}
    assert await build.purse(host) == {"frozen": 0, "available": 200, "debt": 0}
    await check_promoters(shop)


async def test_another_stores_commission_is_out_of_reach(shop: Tenant, other_shop: Tenant) -> None:
    order = await build.sold(await earning.promoter())

    with tenants.bind(other_shop):
        assert await orders_due() == []
    assert await orders_due() == [order]
