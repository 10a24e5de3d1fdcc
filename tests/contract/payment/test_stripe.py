"""Stripe's own ways, against a server that signs and keeps keys as Stripe does."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.http import Outside
from infra.payment.port import (
    BadSignature,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
    StaleNotice,
    UnrelatedNotice,
    UntrustedNotice,
    WrongMerchant,
)
from infra.payment.references import NOTHING_KNOWN
from infra.payment.stripe import StripePayments
from infra.payment.stripe_account import StripeAccount
from tests.contract.payment.serving import serving
from tests.contract.payment.stripe_balance import Json
from tests.contract.payment.stripe_server import StripeServer

SHOP = "http://tea.localhost:8000/orders/1"
SECRET, HOOK = "sk_test_51abcdefgh", "whsec_0123456789abcdef"


class Memory:
    """What the shop wrote down."""

    def __init__(self, **known: str) -> None:
        self.known = known

    async def of_payment(self, number: str) -> str:
        return self.known.get(number, "")


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    theirs = StripeServer(SECRET, HOOK)
    async with serving(theirs):
        yield theirs


@pytest.fixture
def account(server: StripeServer) -> StripeAccount:
    return StripeAccount(SECRET, HOOK, uuid.uuid4().hex, server.url)


@pytest.fixture
def provider(account: StripeAccount, outside: Outside) -> StripePayments:
    return StripePayments(account, outside, NOTHING_KNOWN)


def request(number: str = "P1", amount: int = 12_345, currency: str = "CNY", lang: str = "en") -> PaymentRequest:
    return PaymentRequest(number, amount, currency, "Two boxes of <tea>", SHOP, lang)


async def choose(pay_url: str, choice: str = "pay") -> None:
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(pay_url, data={"choice": choice})


async def pay(provider: StripePayments, number: str = "P1", amount: int = 12_345) -> None:
    await choose((await provider.create(request(number, amount))).pay_url)


def told(server: StripeServer, provider: StripePayments, at: int = -1) -> PaymentNotice | RefundNotice:
    body = server.told[at]
    return provider.parse_webhook(server.signed(body), body, datetime.now(UTC))


async def test_what_the_store_wrote_down_is_opened_again_and_never_twice(
    server: StripeServer, account: StripeAccount, outside: Outside, provider: StripePayments
) -> None:
    first = await provider.create(request())
    remembering = StripePayments(account, outside, Memory(P1=first.provider_ref))

    again = await remembering.create(request(lang="zh-Hant"))

    assert again == first
    assert len(server.sessions) == 1


async def test_an_answer_that_got_lost_opens_no_second_page(server: StripeServer, provider: StripePayments) -> None:
    server.away = True
    with pytest.raises(PaymentUnavailable):
        await provider.create(request())
    server.away = False

    await provider.create(request())

    assert len(server.sessions) == 1


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 500), ("TWD", 50_000), ("CNY", 12_345)])
async def test_amounts_go_out_in_the_smallest_unit_there_is(
    server: StripeServer, provider: StripePayments, currency: str, amount: int
) -> None:
    await provider.create(request(amount=amount, currency=currency))

    (session,) = server.sessions.values()
    assert (session["amount_total"], session["currency"]) == (amount, currency.lower())
    state = await provider.query("P1")
    assert (state.amount, state.currency) == (amount, currency)


async def test_money_that_takes_days_is_waited_for(server: StripeServer, provider: StripePayments) -> None:
    await choose((await provider.create(request())).pay_url, "later")
    (session,) = server.sessions.values()

    waiting = told(server, provider)
    server.tell("checkout.session.async_payment_succeeded", session | {"payment_status": "paid"})
    arrived = told(server, provider)
    server.tell("checkout.session.async_payment_failed", session)
    failed = told(server, provider)

    states = [one.state.status for one in (waiting, arrived, failed)]
    assert states == ["pending", "captured", "failed"]
    assert (await provider.query("P1")).status == "pending"


async def test_a_refund_is_found_by_its_number_long_after_its_key_is_forgotten(
    server: StripeServer, provider: StripePayments
) -> None:
    await pay(provider)
    await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))
    server.kept.clear()  # as Stripe does after a day

    again = await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))

    assert again.status == "succeeded"
    assert len(server.refunds) == 1
    with pytest.raises(PaymentRejected, match="number_conflict"):
        await provider.refund(RefundRequest("R1", "P1", 50, "CNY"))


async def test_a_refused_refund_can_be_sent_again_the_same_day(server: StripeServer, provider: StripePayments) -> None:
    await pay(provider)
    server.refuse_refunds = True
    with pytest.raises(PaymentRejected, match="balance_insufficient"):
        await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))
    server.refuse_refunds = False

    assert (await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))).status == "succeeded"


async def test_a_failed_refund_is_tried_again_under_its_number(server: StripeServer, provider: StripePayments) -> None:
    await pay(provider, amount=100)
    server.fail_refunds = True
    failed = await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))
    server.fail_refunds = False

    assert (failed.status, (await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))).status) == (
        "failed",
        "succeeded",
    )
    assert (await provider.query_refund("R1", "P1")).status == "succeeded"


async def test_a_refund_among_very_many_is_found(server: StripeServer, provider: StripePayments) -> None:
    await pay(provider)
    await provider.refund(RefundRequest("R1", "P1", 1, "CNY"))
    (first,) = server.refunds.values()
    for at in range(250):
        server.refunds[f"re_x{at}"] = first | {"id": f"re_x{at}", "metadata": {}}

    assert (await provider.query_refund("R1", "P1")).amount == 1


async def test_a_refund_says_which_payment_it_belongs_to(server: StripeServer, provider: StripePayments) -> None:
    await pay(provider)
    server.refund_s = 60
    await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))
    (refund,) = server.refunds.values()
    server.tell("refund.updated", refund | {"status": "succeeded"})

    notice = told(server, provider)

    assert isinstance(notice, RefundNotice)
    assert (notice.state.number, notice.state.payment_number, notice.state.status) == ("R1", "P1", "succeeded")


async def test_a_refunded_charge_counts_as_paid(server: StripeServer, provider: StripePayments) -> None:
    await pay(provider)
    (session,) = server.sessions.values()
    charge = {"id": "ch_1", "amount": 12_345, "currency": "cny", "amount_refunded": 5, "metadata": session["metadata"]}
    server.tell("charge.refunded", charge)

    notice = told(server, provider)

    assert isinstance(notice, PaymentNotice)
    assert (notice.state.status, notice.state.amount, notice.state.refunded_amount) == ("captured", 12_345, 5)


async def test_what_was_never_opened_is_unknown(provider: StripePayments, account: StripeAccount) -> None:
    with pytest.raises(PaymentUnknown):
        await provider.query("P9")
    with pytest.raises(PaymentUnknown):
        await StripePayments(account, Outside(), Memory(P9="cs_gone")).query("P9")


async def test_the_check_proves_the_key(provider: StripePayments, account: StripeAccount, outside: Outside) -> None:
    assert await provider.check() == "acct_1"
    stranger = StripeAccount("sk_test_00guessguess", HOOK, account.marker, account.base_url)
    with pytest.raises(PaymentRejected, match="untrusted"):
        await StripePayments(stranger, outside, NOTHING_KNOWN).check()


async def test_nothing_about_this_machine_is_told(server: StripeServer, provider: StripePayments) -> None:
    await provider.create(request())

    (_call, headers) = server.requests[-1]
    assert "x-stripe-client-telemetry" not in headers
    assert "platform" not in json.loads(headers["x-stripe-client-user-agent"])


# Notices without a server: what is believed and what is not.

MINE = StripeAccount(SECRET, HOOK, "0" * 32)
PAID: Json = {
    "id": "cs_test_1", "status": "complete", "payment_status": "paid", "amount_total": 100, "currency": "cny",
    "metadata": {"tuanzhou_number": "P1", "tuanzhou_account": "0" * 32},
}  # fmt: skip
THEIRS = StripeServer(SECRET, HOOK)
BODY = json.dumps(THEIRS.event("checkout.session.completed", PAID)).encode()


# Made once: an adapter opens a client of its own, and parsing calls nobody.
OF_THEM = {MINE: StripePayments(MINE, Outside(), NOTHING_KNOWN)}


def parse(
    headers: dict[str, str] | None = None, body: bytes = BODY, *, minutes: int = 0, of: StripeAccount = MINE
) -> Any:
    """Read so many minutes after it was signed."""
    read_at = datetime.now(UTC) + timedelta(minutes=minutes)
    return OF_THEM[of].parse_webhook(headers or THEIRS.signed(BODY), body, read_at)


def event(thing: Json = PAID, kind: str = "checkout.session.completed", **facts: Any) -> tuple[dict[str, str], bytes]:
    body = json.dumps(THEIRS.event(kind, thing, **facts)).encode()
    return THEIRS.signed(body), body


def test_a_genuine_notice_is_believed() -> None:
    notice = parse({name.title(): value for name, value in THEIRS.signed(BODY).items()})

    assert (notice.state.number, notice.state.status, notice.state.amount) == ("P1", "captured", 100)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_recording_is_refused_and_so_is_the_future(minutes: int) -> None:
    with pytest.raises(StaleNotice):
        parse(minutes=minutes)


def test_another_accounts_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        parse(THEIRS.signed(BODY, secret="whsec_somebody_else"))


@pytest.mark.parametrize("facts", [{"livemode": True}, {"account": "acct_other"}])
def test_a_notice_about_another_merchant_is_refused(facts: Json) -> None:
    headers, body = event(**facts)

    with pytest.raises(WrongMerchant):
        parse(headers, body)


@pytest.mark.parametrize("metadata", [None, {}, {"tuanzhou_number": "P1", "tuanzhou_account": "1" * 32}])
def test_what_others_sell_through_the_same_account_is_not_ours(metadata: Json | None) -> None:
    headers, body = event(PAID | {"metadata": metadata})

    with pytest.raises(UnrelatedNotice):
        parse(headers, body)


def test_news_of_other_kinds_is_not_ours() -> None:
    headers, body = event(kind="customer.created")

    with pytest.raises(UnrelatedNotice):
        parse(headers, body)


@hypothesis_settings(max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_changed_byte_gets_through(at: int, flip: int) -> None:
    changed = BODY[:at] + bytes([BODY[at] ^ flip]) + BODY[at + 1 :]

    with pytest.raises(UntrustedNotice):
        parse(body=changed)


@hypothesis_settings(max_examples=500, deadline=None)
@given(st.text(max_size=120))
def test_no_changed_header_gets_through(value: str) -> None:
    if value == THEIRS.signed(BODY)["stripe-signature"]:
        return

    with pytest.raises(UntrustedNotice):
        parse({"stripe-signature": value})


@pytest.mark.parametrize(("left", "lives"), [(0, 31), (20, 51), (600, 631)])
async def test_a_page_ends_half_an_hour_after_the_time_to_pay(
    server: StripeServer, account: StripeAccount, left: int, lives: int
) -> None:
    provider = StripePayments(account, Outside(), NOTHING_KNOWN)
    until = datetime.now(UTC) + timedelta(minutes=left)

    intent = await provider.create(PaymentRequest("T1-1", 4390, "CNY", "Peaches", SHOP, expires_at=until))

    ends = datetime.fromtimestamp(server.sessions[intent.provider_ref]["expires_at"], UTC)
    assert abs(ends - datetime.now(UTC) - timedelta(minutes=lives)) < timedelta(minutes=1)


async def test_an_answer_that_got_lost_asks_for_the_same_page_again(
    server: StripeServer, account: StripeAccount
) -> None:
    """The end of the page must not depend on when it is asked for, or the second request would be another one."""
    provider = StripePayments(account, Outside(), NOTHING_KNOWN)
    asked = PaymentRequest("T1-1", 4390, "CNY", "Peaches", SHOP, expires_at=datetime.now(UTC) + timedelta(minutes=5))
    server.away = True
    with pytest.raises(PaymentUnavailable):
        await provider.create(asked)
    server.away = False

    await provider.create(asked)

    assert len(server.sessions) == 1


async def test_days_to_pay_are_left_to_the_providers_own_day(server: StripeServer, account: StripeAccount) -> None:
    provider = StripePayments(account, Outside(), NOTHING_KNOWN)
    until = datetime.now(UTC) + timedelta(days=5)

    intent = await provider.create(PaymentRequest("T1-1", 4390, "CNY", "Peaches", SHOP, expires_at=until))

    ends = datetime.fromtimestamp(server.sessions[intent.provider_ref]["expires_at"], UTC)
    assert ends - datetime.now(UTC) <= timedelta(days=1)
