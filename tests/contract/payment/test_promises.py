"""Paying, closing and refunding through the port, against the running sandbox."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest

from infra.http import Outside
from infra.payment.port import (
    PaymentAccount,
    PaymentNotice,
    PaymentProvider,
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
)
from infra.payment.sandbox import SandboxOffice, SandboxPayments
from infra.payment.sandbox_wire import Behavior, RegisterMerchant
from tests.contract.conftest import Listener, Server, eventually

SHOP = "http://tea.localhost:8000/orders/1"
OpenAccount = Callable[..., Awaitable[PaymentAccount]]


@pytest.fixture
def office(sandbox: Server, outside: Outside) -> SandboxOffice:
    return SandboxOffice(sandbox.url, outside)


@pytest.fixture
async def account(sandbox: Server, office: SandboxOffice, listener: Listener) -> PaymentAccount:
    merchant_id = f"m-{uuid.uuid4().hex}"
    webhook_url = f"{listener.url}/webhooks/payments/x"
    await office.register(RegisterMerchant(merchant_id, "s3cret", webhook_url, "Tea & Co"))
    return PaymentAccount(merchant_id, "s3cret", sandbox.url, "CNY")


@pytest.fixture
def provider(account: PaymentAccount, outside: Outside) -> PaymentProvider:
    return SandboxPayments(account, outside)


def request(number: str = "P1", amount: int = 12_345) -> PaymentRequest:
    return PaymentRequest(number, amount, "CNY", "Two boxes of <tea>", SHOP, "zh-Hant")


async def choose(pay_url: str, choice: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.post(pay_url.partition("?")[0], data={"choice": choice})


async def pay(provider: PaymentProvider, number: str = "P1", amount: int = 12_345) -> None:
    intent = await provider.create(request(number, amount))
    await choose(intent.pay_url, "pay")


async def test_the_same_number_twice_is_one_payment(provider: PaymentProvider) -> None:
    first, second = await asyncio.gather(provider.create(request()), provider.create(request()))

    assert first == second


async def test_another_amount_under_a_used_number_is_rejected(provider: PaymentProvider) -> None:
    await provider.create(request())

    with pytest.raises(PaymentRejected, match="number_conflict"):
        await provider.create(request(amount=1))


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1])
async def test_senseless_amounts_are_rejected(provider: PaymentProvider, amount: int) -> None:
    with pytest.raises(PaymentRejected, match="bad_amount"):
        await provider.create(request(amount=amount))


async def test_a_shopper_pays_on_the_hosted_page_and_comes_back(provider: PaymentProvider) -> None:
    intent = await provider.create(request())
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(intent.pay_url)
    answer = await choose(intent.pay_url, "pay")

    assert "這是沙盒環境" in page.text
    assert "123.45" in page.text
    assert "<tea>" not in page.text
    assert "form-action 'self' http://tea.localhost:8000" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert (answer.status_code, answer.headers["location"]) == (303, SHOP)
    assert (await provider.query("P1")).status == "captured"


@pytest.mark.parametrize(("choice", "status"), [("fail", "failed"), ("cancel", "canceled")])
async def test_a_payment_can_fail_or_be_canceled_and_then_stays_so(
    provider: PaymentProvider, choice: str, status: str
) -> None:
    intent = await provider.create(request())
    await choose(intent.pay_url, choice)
    await choose(intent.pay_url, "pay")

    assert (await provider.query("P1")).status == status


async def test_paying_is_told_once_however_often_the_button_is_pressed(
    provider: PaymentProvider, listener: Listener
) -> None:
    intent = await provider.create(request())
    await asyncio.gather(*(choose(intent.pay_url, "pay") for _ in range(5)))
    await listener.wait_for(1)
    await asyncio.sleep(0.3)

    (told,) = listener.received
    notice = provider.parse_webhook(told.headers, told.body, datetime.now(UTC))
    assert isinstance(notice, PaymentNotice)
    assert (notice.state.number, notice.state.status, notice.state.amount) == ("P1", "captured", 12_345)


async def test_closing_stops_a_payment_but_never_one_already_made(provider: PaymentProvider) -> None:
    intent = await provider.create(request("open"))
    await pay(provider, "paid")

    assert (await provider.close("open")).status == "canceled"
    assert (await provider.close("paid")).status == "captured"
    await choose(intent.pay_url, "pay")
    assert (await provider.query("open")).status == "canceled"


async def test_an_unknown_number_is_a_clear_answer(provider: PaymentProvider) -> None:
    with pytest.raises(PaymentUnknown):
        await provider.query("never-heard-of")
    with pytest.raises(PaymentUnknown):
        await provider.query_refund("R0")


async def test_refunds_never_pass_what_was_captured(provider: PaymentProvider) -> None:
    await pay(provider, amount=100)

    async def refund(number: str) -> str:
        try:
            return (await provider.refund(RefundRequest(number, "P1", 40, "CNY"))).status
        except PaymentRejected as error:
            return error.code

    outcomes = await asyncio.gather(*(refund(f"R{at}") for at in range(6)))

    assert sorted(outcomes) == ["refund_exceeds_capture"] * 4 + ["succeeded"] * 2
    assert (await provider.query("P1")).refunded_amount == 80


async def test_the_same_refund_twice_is_one_refund(provider: PaymentProvider, listener: Listener) -> None:
    await pay(provider, amount=100)
    order = RefundRequest("R1", "P1", 60, "CNY")

    assert await provider.refund(order) == await provider.refund(order) == await provider.query_refund("R1")
    assert (await provider.query("P1")).refunded_amount == 60
    with pytest.raises(PaymentRejected, match="number_conflict"):
        await provider.refund(RefundRequest("R1", "P1", 10, "CNY"))
    told = [provider.parse_webhook(r.headers, r.body, datetime.now(UTC)) for r in await listener.wait_for(2)]
    assert [type(notice) for notice in told].count(RefundNotice) == 1


async def test_a_failed_refund_may_be_tried_again_under_its_number(
    provider: PaymentProvider, account: PaymentAccount, office: SandboxOffice
) -> None:
    await pay(provider, amount=100)
    order = RefundRequest("R1", "P1", 100, "CNY")
    await office.behave(account.merchant_id, Behavior(fail_refunds=True))
    failed = await provider.refund(order)
    await office.behave(account.merchant_id, Behavior())

    assert (failed.status, (await provider.refund(order)).status) == ("failed", "succeeded")
    assert (await provider.query("P1")).refunded_amount == 100


async def test_a_refund_can_take_its_time(
    provider: PaymentProvider, account: PaymentAccount, office: SandboxOffice
) -> None:
    await pay(provider, amount=100)
    await office.behave(account.merchant_id, Behavior(refund_ms=200))
    assert (await provider.refund(RefundRequest("R1", "P1", 100, "CNY"))).status == "pending"

    async def settled() -> bool | None:
        return True if (await provider.query_refund("R1")).status == "succeeded" else None

    assert await eventually(settled)


async def test_after_an_error_the_deed_is_done_and_asking_again_is_safe(
    provider: PaymentProvider, account: PaymentAccount, office: SandboxOffice
) -> None:
    await office.behave(account.merchant_id, Behavior(error_bps=10_000))
    with pytest.raises(PaymentUnavailable):
        await provider.create(request())
    await office.behave(account.merchant_id, Behavior())

    known = await provider.query("P1")
    assert (await provider.create(request())).provider_ref == known.provider_ref


async def test_a_wrong_secret_opens_nothing(account: PaymentAccount, outside: Outside) -> None:
    stranger = PaymentAccount(account.merchant_id, "guess", account.base_url, "CNY")

    with pytest.raises(PaymentRejected, match="untrusted"):
        await SandboxPayments(stranger, outside).create(request())


async def test_a_provider_that_is_away_may_be_asked_again(account: PaymentAccount, outside: Outside) -> None:
    away = PaymentAccount(account.merchant_id, "s", "http://127.0.0.1:9", "CNY")

    with pytest.raises(PaymentUnavailable):
        await SandboxPayments(away, outside).query("P1")
