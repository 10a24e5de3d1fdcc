"""A session's report agrees with the books, becomes final when returns are over, and is corrected, never changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

import tenants
from app import live, reports
from app.flows.run_show import end_session
from app.flows.session_report import Report, Sums, last_report, report_of
from app.flows.settle_session import ask_for_settling, settle_session
from app.kernel.clock import now
from app.reports import Correction
from tenants import Tenant
from tests import builders_evenings as evenings
from tests.builders_evenings import Evening
from tests.faults import jobs
from tests.invariants import check


async def _report(session: UUID) -> Report:
    async with tenants.transaction():
        return await report_of(await live.find(session))


async def _shown(session: UUID) -> tuple[Report, bool]:
    """The report as its page shows it, and whether it is final."""
    async with tenants.transaction():
        report, kept = await last_report(await live.find(session))
    return report, kept is not None


async def _corrections(session: UUID) -> list[Correction]:
    async with tenants.transaction():
        return list(await reports.corrections_of(session))


async def _over(*, refund: int = 1_000) -> tuple[Evening, list[UUID]]:
    """Three paid orders, part of one refunded, and the show has ended."""
    evening = await evenings.evening()
    orders = [
        (await evenings.ordered(evening.links[number % 2], evening.peaches, quantity=2)).order_id for number in range(3)
    ]
    await evenings.follow()
    await evenings.refund(orders[0], refund)
    await end_session(evening.session.id, by=evening.host.id)
    return evening, orders


async def _weeks_later(session: UUID) -> None:
    """The goods arrived, every commission is the promoter's, and the days for returns are over."""
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(
            "UPDATE live_session SET started_at = $2, ended_at = $3 WHERE id = $1",
            session, now() - timedelta(days=40, hours=2), now() - timedelta(days=40),
        )  # fmt: skip
        await database.execute("UPDATE commission_line SET status = 'available' WHERE status = 'accrued'")


async def test_the_report_agrees_with_the_books(shop: Tenant) -> None:
    evening, _orders = await _over()

    report = await _report(evening.session.id)

    assert report.agrees
    assert (report.total.gross_amount, report.total.refunded_amount) == (3 * 8780, 1_000)
    assert report.books == Sums(gross_amount=3 * 8780, refunded_amount=1_000, commission_amount=report.accrued_amount)
    for way in (report.slots, report.hosts, report.sharers, report.products):
        assert sum(row.sold.net_amount for row in way) == report.total.net_amount
        assert sum(row.sold.commission_amount for row in way) == report.accrued_amount
    assert sum(one.amount for one in report.earned) == report.accrued_amount
    await check(shop)


async def test_a_difference_to_the_books_is_shown_as_it_is(shop: Tenant) -> None:
    evening, orders = await _over()
    async with tenants.transaction():  # what must never happen: a line says something the ledger does not know
        await tenants.connection().execute(
            "UPDATE order_line SET discount_amount = discount_amount + 5 WHERE order_id = $1", orders[1]
        )

    report = await _report(evening.session.id)

    assert not report.agrees
    assert report.difference == Sums(gross_amount=5)


async def test_a_sale_given_to_somebody_else_stands_beside_the_comparison(shop: Tenant) -> None:
    evening, orders = await _over()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE attribution_decision SET live_session = NULL WHERE order_id = $1", orders[2]
        )

    report = await _report(evening.session.id)

    assert report.total.gross_amount == 2 * 8780
    assert report.agrees


async def test_the_report_is_provisional_until_the_returns_are_over(shop: Tenant) -> None:
    evening, _orders = await _over()
    await settle_session(evening.session.id)
    early = await _shown(evening.session.id)
    await _weeks_later(evening.session.id)
    await settle_session(evening.session.id)
    await settle_session(evening.session.id)

    report, final = await _shown(evening.session.id)

    assert not early[1]
    assert final
    assert report.total == early[0].total
    assert await _corrections(evening.session.id) == []
    async with tenants.transaction():
        assert (await live.find(evening.session.id)).status == "settled"


async def test_commission_that_waits_keeps_the_report_open(shop: Tenant) -> None:
    evening, _orders = await _over()
    await _weeks_later(evening.session.id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'frozen'")

    await settle_session(evening.session.id)

    assert not (await _shown(evening.session.id))[1]


async def test_what_changes_later_is_a_correction_and_the_report_stays(shop: Tenant) -> None:
    evening, orders = await _over()
    await _weeks_later(evening.session.id)
    await settle_session(evening.session.id)
    before, _final = await _shown(evening.session.id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'accrued' WHERE status = 'available'")
    await evenings.refund(orders[1], 2_000)
    await ask_for_settling()
    await jobs.work(*evenings.ELSEWHERE)
    await settle_session(evening.session.id)

    (line,) = await _corrections(evening.session.id)

    assert (line.gross_amount, line.refunded_amount, line.commission_amount) == (0, 2_000, -200)
    assert (await _shown(evening.session.id))[0] == before


async def test_a_final_report_cannot_be_changed(shop: Tenant) -> None:
    evening, _orders = await _over()
    await _weeks_later(evening.session.id)
    await settle_session(evening.session.id)

    for statement in ("UPDATE session_report SET written_at = now()", "DELETE FROM session_report"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tenants.transaction():
                await tenants.connection().execute(statement)


async def test_a_host_gets_only_the_own_part(shop: Tenant) -> None:
    evening, _orders = await _over()

    mine = (await _report(evening.session.id)).of(evening.cohost.id)

    assert mine.total.gross_amount == 8780  # one of the three orders came through the own link
    assert {one.promoter for one in mine.earned} == {evening.cohost.id}
    assert [row.of for row in mine.slots] == [evening.cohost.id]
    assert mine.products == []
    assert {row.sold.commission_amount for row in (*mine.slots, *mine.hosts, *mine.sharers)} <= {0}  # others' too
