"""The life of the books: a provider's statement is compared, the night adds everything up, and people resolve tickets.

The statement comes from the payment sandbox over HTTP. One payment is not known here at first, so that there is a
difference, and then it is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import tenants
from app import ledger, payments, tickets
from app.flows.reconcile_statement import recheck_statement
from app.flows.resolve_ticket import resolve_ticket
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import start_payment
from app.identity import Viewer
from infra.settings import settings
from tenants import outbox, platform
from tests import builders_selling
from tests.builders_selling import Offer
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives.money import PAGE, QUIET, around, choose, provider
from tests.faults.stage import register_payments

ELSEWHERE = ("payments.", "fulfillment.", "attribution.", "commissions.")
KIND = "test.difference"
SEEN_BY_HAND = Viewer("merchant", UUID(int=7), "Su He", "su@tea.example", "owner", None, b"", "")


async def prepare() -> Offer:
    await register_payments(tenants.current(), QUIET)
    return await builders_selling.offer(stock=20)


async def live(made: Offer) -> None:
    known, unknown = await _paid_over_there(made), await _paid_over_there(made)
    await _hear_of(known)
    await _compare_at_the_second_try()
    await _hear_of(unknown)
    await _recheck()
    await _one_more_night()
    async with tenants.transaction():
        await tickets.open(KIND, "T1", currency="CNY", amount=1, details={})
    await _resolve_by_hand()


async def mend() -> None:
    """Jobs are done again, notices come again, the clock asks for the day again, and people press once more."""
    await _move_account(settings().sandbox_port)
    async with tenants.transaction():
        numbers = await tenants.connection().fetch("SELECT number FROM payment WHERE status = 'pending'")
    for row in numbers:
        await _hear_of(row["number"])
    await _work()
    await _compare()
    await _recheck()
    await _one_more_night()
    await _resolve_by_hand()


async def _paid_over_there(made: Offer) -> str:
    """The number of a payment that was made at the provider."""
    placed = await builders_selling.order(made)
    await choose((await start_payment(placed.order_id, "sandbox", PAGE)).url, "pay")
    async with tenants.transaction():
        newest = await payments.newest_of(placed.order_id)
    assert newest is not None
    return newest.number


async def _hear_of(number: str) -> None:
    bank, _office, _merchant = await provider()
    await settle_payment(await bank.query(number))


async def _compare_at_the_second_try() -> None:
    """Nobody listens at the address of the warehouse, which is one of our own too."""
    await _move_account(settings().simulator_port)
    await _compare()
    await _move_account(settings().sandbox_port)
    await _work()


async def _move_account(port: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment_account SET base_url = $1", f"http://127.0.0.1:{port}")


async def _compare() -> None:
    async with tenants.transaction():
        await outbox.post(
            "reconciliation.statement", queue="bulk", provider="sandbox", day=_today().isoformat(), key="statement"
        )
    await _work(once=True)


async def _recheck() -> None:
    async with tenants.transaction():
        kept = (await payments.statements()).items
    for one in kept:
        await recheck_statement(one.id)


async def _one_more_night() -> None:
    async with tenants.transaction():
        await outbox.post("reconciliation.nightly", queue="bulk", day=_today().isoformat(), key="night")
    await _work()


async def _resolve_by_hand() -> None:
    async with tenants.transaction():
        open_ones = [one for one in (await tickets.ticket_page()).items if one.kind == KIND]
    for one in open_ones:
        await resolve_ticket(one.id, note="The bank corrected it", by=SEEN_BY_HAND)


async def _work(*, once: bool = False) -> None:
    for _ in range(1 if once else 2):
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


def _today() -> date:
    return datetime.now(UTC).date()


async def disagreements() -> list[str]:
    """The provider's day fits, each fee is booked once, no ticket is left, and what was resolved stands in the log."""
    found = await jobs.undone(*ELSEWHERE)
    async with tenants.transaction():
        database = tenants.connection()
        kept = (await payments.statements()).items
        left = (await tickets.ticket_page(limit=50)).items
        resolved = [one for one in (await tickets.ticket_page(status="resolved")).items if one.kind == KIND]
        captured = await database.fetchval("SELECT count(*) FROM payment WHERE status = 'captured'")
        booked = await database.fetchval(
            "SELECT coalesce(sum(leg.amount), 0) FROM ledger_transfer AS leg JOIN ledger_transaction AS entry"
            " ON entry.id = leg.ledger_transaction WHERE entry.kind = 'psp_fee'"
        )
        stated = await database.fetchval("SELECT coalesce(sum(fee_amount), 0) FROM psp_statement_line")
        night = await ledger.last_check()
    found += [f"ticket left: {one.kind} {one.subject}" for one in left]
    if [(one.matched, one.differences) for one in kept] != [(captured, 0)]:
        found.append(f"{captured} captured, statement says {kept}")
    if booked != stated or not stated:
        found.append(f"fees booked {booked}, stated {stated}")
    if night is None or night.differences:
        found.append(f"the night found {night}")
    said = await _audited()
    if said < len(resolved) or said > len(resolved) + 1:
        found.append(f"{len(resolved)} resolved by hand, {said} in the log")
    return found


async def _audited() -> int:
    async with platform.transaction() as database:
        count: Any = await database.fetchval(
            "SELECT count(*) FROM audit_entry WHERE tenant = $1 AND action = 'ticket.resolved'", tenants.current().id
        )
    return int(count)


LIFE = Life(
    files=(*flows("reconcile_statement", "recompute_books", "resolve_ticket"), "workers/reconciliation.py"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=around, calls=frozenset({"adapter"}),
)  # fmt: skip
