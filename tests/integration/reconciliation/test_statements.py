"""What a provider says about a day is compared line by line with what was booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import tenants
from app import ledger, payments, tickets
from app.flows.reconcile_statement import recheck_statement, reconcile_statement
from app.ledger import Account
from infra.payment.statement_port import StatementLine
from tenants import Tenant
from tests.builders_statements import DAY, NOON, changed, invented, money_of_a_day
from tests.figures import Figure

FEE, CLEARING = Account("psp_fee"), Account("psp_clearing")


async def _compare(lines: Sequence[StatementLine], *, day: object = DAY) -> payments.Statement:
    return await reconcile_statement("sandbox", day, lines)  # type: ignore[arg-type] # a date of the calendar


async def _fees() -> int:
    async with tenants.transaction():
        return -await ledger.balance_of(FEE, "CNY")


async def _tickets() -> list[tuple[str, str, int]]:
    async with tenants.transaction():
        page = await tickets.ticket_page(limit=500)
    return sorted((one.kind.removeprefix("statement."), one.details["title"], one.amount) for one in page.items)


async def test_fifty_planted_differences_among_ten_thousand_lines_are_found_and_no_other(
    shop: Tenant, figure: Figure
) -> None:
    lines = await money_of_a_day(9_000, refunds=1_000)
    clean = await _compare(lines)
    assert (clean.matched, clean.differences) == (10_000, 0)
    assert await _tickets() == []
    fees = sum(line.fee_amount for line in lines)
    assert await _fees() == fees
    payment_lines = [line for line in lines if line.kind == "payment"]
    refund_lines = [line for line in lines if line.kind == "refund"]
    gone = [*payment_lines[100:108], *refund_lines[100:105]]
    dearer = [changed(line, amount=line.amount + 1) for line in payment_lines[200:207]]
    cheaper = [changed(line, amount=line.amount - 1) for line in refund_lines[200:205]]
    foreign = [changed(line, currency="USD") for line in payment_lines[300:303]]
    strangers = [invented(f"X{number}") for number in range(7)] + [invented("XR", kind="refund")]
    twice = payment_lines[400:404]
    swapped = [changed(line, kind="refund") for line in payment_lines[500:505]]
    replaced = {line.number for line in (*gone, *dearer, *cheaper, *foreign, *swapped)}
    kept = [line for line in lines if line.number not in replaced]

    found = await _compare([*kept, *dearer, *cheaper, *foreign, *strangers, *twice, *swapped])

    # A payment told as a refund is unknown here as a refund, and missing there as a payment.
    assert (found.missing_here, found.missing_there, found.amount_differs) == (8 + 4 + 5, 13 + 5, 15)
    names = Counter((outcome, number) for outcome, number, _amount in await _tickets())
    planted = Counter(
        [("missing_here", line.number) for line in (*strangers, *twice, *swapped)]
        + [("missing_there", line.number) for line in (*gone, *swapped)]
        + [("amount_differs", line.number) for line in (*dearer, *cheaper, *foreign)]
    )
    assert names == planted
    assert sum(planted.values()) == 50
    assert await _fees() == fees
    figure(f"reconciliation lines=10000 planted=50 found={sum(names.values())} false=0")


async def test_loading_the_same_day_again_changes_nothing(shop: Tenant) -> None:
    lines = [*await money_of_a_day(5), invented("X1")]
    first = await _compare(lines)
    before = (await _fees(), await _tickets())

    again = await _compare(lines)
    once_more = await recheck_statement(first.id)

    assert (again.id, again.matched, again.differences) == (first.id, 5, 1)
    assert (once_more.matched, once_more.differences) == (5, 1)
    assert (await _fees(), await _tickets()) == before


async def test_the_books_get_the_fee_of_every_matched_line_once(shop: Tenant) -> None:
    lines = await money_of_a_day(3)
    orders_before = await _fees()

    await _compare(lines)

    assert orders_before == 0
    async with tenants.transaction():
        assert await ledger.balance_of(CLEARING, "CNY") == await _owed(lines)
        assert (await ledger.trial_balance()).is_whole


async def _owed(lines: Sequence[StatementLine]) -> int:
    return sum(line.fee_amount for line in lines)


async def test_a_fee_given_back_is_booked_the_other_way_round(shop: Tenant) -> None:
    [payment, refund] = await money_of_a_day(1, refunds=1)

    await _compare([payment, changed(refund, fee_amount=-2)])

    assert await _fees() == payment.fee_amount - 2


async def test_a_statement_that_was_corrected_shows_the_other_fee(shop: Tenant) -> None:
    [line] = await money_of_a_day(1)
    await _compare([line])

    corrected = await _compare([changed(line, fee_amount=line.fee_amount + 5)])

    assert (corrected.matched, corrected.amount_differs) == (0, 1)
    assert await _fees() == line.fee_amount
    assert [kind for kind, _number, _amount in await _tickets()] == ["amount_differs"]


async def test_a_payment_of_the_last_minutes_may_be_on_the_next_day(shop: Tenant) -> None:
    midnight = NOON + timedelta(hours=12)
    late = await money_of_a_day(2, start=midnight - timedelta(minutes=5))

    first = await _compare([])
    second = await _compare(late, day=DAY + timedelta(days=1))

    assert (first.differences, second.matched, second.differences) == (0, 2, 0)


async def test_a_payment_of_the_last_minutes_that_is_on_no_day_is_missed_the_next(shop: Tenant) -> None:
    await money_of_a_day(2, start=NOON + timedelta(hours=12) - timedelta(minutes=5))

    first = await _compare([])
    second = await _compare([], day=DAY + timedelta(days=1))

    assert (first.differences, second.missing_there) == (0, 2)


async def test_we_may_learn_of_a_payment_a_day_late(shop: Tenant) -> None:
    """The webhook was lost; we asked the next morning, so our own time of capture is another day."""
    lines = await money_of_a_day(2, start=NOON + timedelta(hours=20))
    stated = [changed(line, happened_at=NOON) for line in lines]

    first = await _compare(stated)
    second = await _compare([], day=DAY + timedelta(days=1))

    assert (first.matched, first.differences) == (2, 0)
    assert second.differences == 0


async def test_what_one_day_missed_and_another_has_closes_its_ticket(shop: Tenant) -> None:
    lines = await money_of_a_day(2)
    missed = await _compare([])
    assert missed.missing_there == 2

    await _compare(lines, day=DAY - timedelta(days=1))

    assert await _tickets() == []
    async with tenants.transaction():
        assert (await payments.find_statement(missed.id)).differences == 0


async def test_the_same_payment_on_two_days_is_one_too_many(shop: Tenant) -> None:
    lines = await money_of_a_day(1)
    await _compare(lines)

    second = await _compare(lines, day=DAY + timedelta(days=1))

    assert (second.matched, second.missing_here) == (0, 1)


async def test_a_difference_that_was_put_right_is_gone_when_looked_at_again(shop: Tenant) -> None:
    lines = await money_of_a_day(1)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET status = 'pending'")
    found = await _compare(lines)
    assert [kind for kind, _number, _amount in await _tickets()] == ["missing_here"]
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET status = 'captured'")

    again = await recheck_statement(found.id)

    assert (again.matched, again.differences) == (1, 0)
    assert await _tickets() == []


async def test_another_providers_payments_are_not_expected(shop: Tenant) -> None:
    await money_of_a_day(2)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET provider = 'stripe'")

    assert (await _compare([])).differences == 0


async def test_a_day_may_be_cut_in_the_stores_time_zone(shop: Tenant) -> None:
    lines = await money_of_a_day(2, start=NOON - timedelta(hours=19))  # one in the morning of DAY in Shanghai

    found = await reconcile_statement("sandbox", DAY, [], source="upload", zone=ZoneInfo("Asia/Shanghai"))

    assert found.missing_there == len(lines)


async def test_another_shop_has_its_own_statements(shop: Tenant, other_shop: Tenant) -> None:
    await _compare(await money_of_a_day(1))

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert (await payments.statements()).items == []
