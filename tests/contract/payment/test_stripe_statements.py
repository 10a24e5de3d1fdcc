"""A day of Stripe's balance becomes lines that can be compared with our own records."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from infra.http import Outside
from infra.payment.port import PaymentRejected, PaymentRequest, PaymentUnavailable, RefundRequest
from infra.payment.statement_port import STATEMENTS, StatementSource
from infra.payment.stripe import StripePayments
from infra.payment.stripe_account import StripeAccount
from tests.contract.payment.benches import Memory
from tests.contract.payment.serving import serving
from tests.contract.payment.stripe_server import StripeServer

SHOP = "http://tea.localhost:8000/orders/1"
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
NOON = datetime.combine(YESTERDAY, datetime.min.time(), UTC) + timedelta(hours=12)


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    theirs = StripeServer("sk_test_51abcdefgh", "whsec_0123456789abcdef")
    async with serving(theirs):
        yield theirs


@pytest.fixture
def account(server: StripeServer) -> StripeAccount:
    return StripeAccount(server.secret_key, server.webhook_secret, uuid.uuid4().hex, server.url)


@pytest.fixture
def provider(server: StripeServer, account: StripeAccount) -> StripePayments:
    return StripePayments(account, Outside(), Memory(server))


async def _paid(provider: StripePayments, number: str = "T1-1", amount: int = 4390) -> None:
    intent = await provider.create(PaymentRequest(number, amount, "CNY", "Peaches", SHOP))
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(intent.pay_url, data={"choice": "pay"})


def _as_if_yesterday(server: StripeServer) -> None:
    for at, moved in enumerate(server.balance.moves):
        moved["created"] = int(NOON.timestamp()) + at


def test_the_clock_asks_stripe_too(provider: StripePayments) -> None:
    assert isinstance(provider, StatementSource)
    assert "stripe" in STATEMENTS


async def test_charges_and_refunds_are_lines_with_what_was_kept(provider: StripePayments, server: StripeServer) -> None:
    await _paid(provider)
    await provider.refund(RefundRequest("T1-1-R1", "T1-1", 390, "CNY"))
    _as_if_yesterday(server)

    paid, back = await provider.statement(YESTERDAY)

    assert (paid.number, paid.kind, paid.amount, paid.fee_amount, paid.currency) == (
        "T1-1",
        "payment",
        4390,
        175,
        "CNY",
    )
    assert (back.number, back.kind, back.amount, back.fee_amount) == ("T1-1-R1", "refund", 390, 0)
    assert paid.happened_at == NOON


async def test_a_day_has_its_own_hours_only(provider: StripePayments, server: StripeServer) -> None:
    start = NOON - timedelta(hours=12)
    for at in (-1, 0, 86_399, 86_400):
        await _paid(provider, f"T{at + 2}-1")
        server.balance.moves[-1]["created"] = int(start.timestamp()) + at

    assert [line.number for line in await provider.statement(YESTERDAY)] == ["T2-1", "T86401-1"]


async def test_a_long_day_is_read_to_its_end_in_order(
    provider: StripePayments, server: StripeServer, account: StripeAccount
) -> None:
    ours = {"tuanzhou_account": account.marker}
    for at in range(120):
        charge = {"id": f"ch_{at}", "amount": 100 + at, "currency": "cny", "status": "succeeded"}
        server.balance.move("charge", charge | {"metadata": ours | {"tuanzhou_number": f"T{at}-1"}}, fee=3)
    _as_if_yesterday(server)

    lines = await provider.statement(YESTERDAY)

    assert [line.number for line in lines] == [f"T{at}-1" for at in range(120)]


async def test_what_is_not_ours_or_moved_nothing_is_left_out(
    provider: StripePayments, server: StripeServer, account: StripeAccount
) -> None:
    ours = {"tuanzhou_account": account.marker, "tuanzhou_number": "T1-1-R1"}
    refund = {"id": "re_1", "amount": 390, "currency": "cny", "status": "failed", "metadata": ours}
    server.balance.move("refund", refund)
    server.balance.move("refund_failure", refund)
    server.balance.move("payout", {"id": "po_1", "amount": 9000})
    server.balance.move("charge", {"id": "ch_1", "amount": 1, "currency": "cny", "metadata": {}})
    other = {"tuanzhou_account": "another shop", "tuanzhou_number": "T1-1"}
    server.balance.move("charge", {"id": "ch_2", "amount": 1, "currency": "cny", "metadata": other})
    _as_if_yesterday(server)

    assert await provider.statement(YESTERDAY) == []


async def test_a_fee_in_another_currency_is_not_booked_as_one_of_ours(
    provider: StripePayments, server: StripeServer
) -> None:
    await _paid(provider)
    server.balance.moves[0] |= {"currency": "usd", "fee": 30}
    _as_if_yesterday(server)

    [line] = await provider.statement(YESTERDAY)

    assert (line.amount, line.currency, line.fee_amount) == (4390, "CNY", 0)


async def test_a_day_that_is_not_over_is_asked_for_later(provider: StripePayments) -> None:
    with pytest.raises(PaymentUnavailable):
        await provider.statement(datetime.now(UTC).date())


async def test_a_key_that_is_not_theirs_gets_no_statement(account: StripeAccount, server: StripeServer) -> None:
    guess = msgspec.structs.replace(account, secret_key="sk_test_guessguess")

    with pytest.raises(PaymentRejected, match="untrusted"):
        await StripePayments(guess, Outside(), Memory(server)).statement(YESTERDAY)
