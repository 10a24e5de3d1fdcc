"""Alipay's own ways: signed links, refunds whose outcome is their answer, forms in Beijing time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from infra.http import Outside
from infra.payment.alipay import Alipay
from infra.payment.alipay_wire import AlipayWire
from infra.payment.port import (
    BadSignature,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PaymentUnknown,
    RefundRequest,
    StaleNotice,
    UnrelatedNotice,
)
from tests.contract.conftest import Listener
from tests.contract.payment import alipay_notices as wire
from tests.contract.payment.alipay_server import AlipayServer
from tests.contract.payment.serving import Fault, serving

SHOP = "http://tea.localhost:8000/orders/1"
NOW = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)
ORDER = PaymentRequest("PAY-001", 4_390, "CNY", "Tea & <honey> = 2/3", SHOP)


@pytest.fixture
async def server() -> AsyncIterator[AlipayServer]:
    opened = AlipayServer()
    async with serving(opened):
        yield opened


@pytest.fixture
def provider(server: AlipayServer, outside: Outside, listener: Listener) -> Alipay:
    listener.reply = b"success"
    return Alipay(wire.account(server.gateway), outside, notify_url=f"{listener.url}/webhooks/payments/x")


def asking(**other: Any) -> PaymentRequest:
    return msgspec.structs.replace(ORDER, **other)


async def follow(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return (await browser.get(url)).status_code


async def opened(provider: Alipay, server: AlipayServer, choice: str = "pay") -> None:
    assert await follow((await provider.create(ORDER)).pay_url) == 200
    server.pay("PAY_001", choice)


@pytest.mark.parametrize(
    ("method", "name", "product"),
    [
        ("page", "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
        ("wap", "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
        ("h5", "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    ],
)
async def test_a_signed_link_leads_to_the_page_to_pay(provider: Alipay, method: str, name: str, product: str) -> None:
    intent = await provider.create(asking(method=method, expires_at=datetime(2099, 1, 1, tzinfo=UTC)))

    form = {key: values[0] for key, values in parse_qs(urlsplit(intent.pay_url).query).items()}
    content = json.loads(form["biz_content"])
    assert (intent.kind, form["method"], content["product_code"]) == ("redirect", name, product)
    assert (content["total_amount"], content["time_expire"]) == ("43.90", "2099-01-01 08:00:00")
    assert form["return_url"] == SHOP
    assert await follow(intent.pay_url) == 200


async def test_a_changed_link_leads_nowhere(provider: Alipay, server: AlipayServer) -> None:
    intent = await provider.create(ORDER)

    assert await follow(intent.pay_url.replace("43.90", "43.91")) == 403
    assert server.trades == {}


async def test_a_link_dies_with_its_order(provider: Alipay, server: AlipayServer) -> None:
    intent = await provider.create(asking(expires_at=datetime.now(UTC) - timedelta(minutes=1)))

    assert await follow(intent.pay_url) == 403
    assert server.trades == {}


async def test_letters_alipay_forbids_are_left_out_of_the_title(provider: Alipay, server: AlipayServer) -> None:
    await opened(provider, server)

    assert server.trades["PAY_001"].asked["subject"] == "Tea    honey    2 3"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"method": "jsapi"}, "method_not_offered"),
        ({"method": "qr"}, "method_not_offered"),
        ({"currency": "TWD"}, "currency_not_offered"),
    ],
)
async def test_what_alipay_does_not_offer_is_refused(provider: Alipay, other: dict[str, str], code: str) -> None:
    with pytest.raises(PaymentRejected, match=code):
        await provider.create(asking(**other))


@pytest.mark.parametrize("fault", [fault for fault in get_args(Fault) if fault not in ("stale", "error_after")])
async def test_an_answer_that_is_broken_or_forged_is_no_answer(
    provider: Alipay, server: AlipayServer, fault: Fault
) -> None:
    """Alipay's answers carry no time: an old one cannot be told from a new one, only from one about another trade."""
    await opened(provider, server)
    server.faults.append(fault)

    with pytest.raises(PaymentUnavailable):
        await provider.query("PAY-001")
    assert (await provider.query("PAY-001")).status == "captured"


async def test_an_unsigned_no_is_not_believed_either(provider: Alipay, server: AlipayServer) -> None:
    server.faults.append("unsigned")

    with pytest.raises(PaymentUnavailable):
        await provider.query("never-heard-of")
    with pytest.raises(PaymentUnknown):
        await provider.query("never-heard-of")


async def test_closing_a_trade_nobody_opened_says_so(provider: Alipay) -> None:
    """Its link is still good until it ends; the caller decides what that means for the order."""
    await provider.create(ORDER)

    with pytest.raises(PaymentUnknown):
        await provider.close("PAY-001")


async def test_a_trade_refunded_in_full_was_paid_although_it_is_closed(provider: Alipay, server: AlipayServer) -> None:
    await opened(provider, server)
    await provider.refund(RefundRequest("REF-001", "PAY-001", 4_390, "CNY"))

    assert server.trades["PAY_001"].status == "TRADE_CLOSED"
    assert (await provider.query("PAY-001")).status == "captured"


async def test_a_refund_alipay_refuses_keeps_its_code(provider: Alipay, server: AlipayServer) -> None:
    await opened(provider, server)
    server.fail_refunds = True

    with pytest.raises(PaymentRejected, match=r"ACQ\.SELLER_BALANCE_NOT_ENOUGH"):
        await provider.refund(RefundRequest("REF-001", "PAY-001", 390, "CNY"))


async def test_two_refunds_of_a_trade_are_two_answers_and_two_sums(
    provider: Alipay, server: AlipayServer, listener: Listener
) -> None:
    await opened(provider, server)
    first = await provider.refund(RefundRequest("REF-001", "PAY-001", 390, "CNY"))
    second = await provider.refund(RefundRequest("REF-002", "PAY-001", 4_000, "CNY"))

    told = [provider.parse_webhook(one.headers, one.body, datetime.now(UTC)) for one in await listener.wait_for(3)]

    assert (first.amount, second.amount) == (390, 4_000)
    assert all(isinstance(one, PaymentNotice) and one.state.status == "captured" for one in told)
    assert sorted(one.state.refunded_amount for one in told if isinstance(one, PaymentNotice)) == [0, 390, 4_390]


@pytest.mark.parametrize(
    ("other", "status", "refunded"),
    [
        ({}, "captured", 0),
        ({"refund_fee": "0.00", "gmt_close": "2026-11-22 08:00:00"}, "captured", 0),
        ({"trade_status": "TRADE_FINISHED"}, "captured", 0),
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": ""}, "pending", 0),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": ""}, "canceled", 0),
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "43.90", "out_biz_no": "R1"}, "captured", 4_390),
    ],
)
def test_a_notice_says_what_became_of_the_trade(
    provider: Alipay, other: dict[str, str], status: str, refunded: int
) -> None:
    told = provider.parse_webhook({}, wire.form(wire.trade(NOW, **other)), NOW)

    assert isinstance(told, PaymentNotice)
    assert (told.state.number, told.state.status, told.state.amount) == ("T1000123-1", status, 4_390)
    assert (told.state.refunded_amount, told.state.currency) == (refunded, "CNY")
    assert told.state.payer_id == "2088102116773037"
    assert told.event_id == "4a91b7a78a503640467525113fb7d8bg8e"
    assert abs(told.happened_at - NOW) <= timedelta(seconds=30)


def test_a_notice_is_fresh_for_five_minutes_of_beijings_clock(provider: Alipay) -> None:
    for seconds in (-300, 300):
        provider.parse_webhook({}, wire.form(wire.trade(NOW + timedelta(seconds=seconds))), NOW)
    with pytest.raises(StaleNotice):
        provider.parse_webhook({}, wire.form(wire.trade(NOW - timedelta(hours=8))), NOW)


def test_a_notice_about_something_else_is_none_of_ours(provider: Alipay) -> None:
    with pytest.raises(UnrelatedNotice):
        provider.parse_webhook({}, wire.form(wire.trade(NOW, notify_type="servicewindow")), NOW)


@pytest.mark.parametrize("amount", ["43.9O", "4,390.00", "1e3", "43.905", "-43.90.1", " 43.90", "٤٣.٩٠"])
def test_an_amount_that_is_none_is_not_guessed_at(provider: Alipay, amount: str) -> None:
    with pytest.raises(BadSignature):
        provider.parse_webhook({}, wire.form(wire.trade(NOW, total_amount=amount)), NOW)


def test_a_signature_written_another_way_is_not_the_same(outside: Outside) -> None:
    line, signature = AlipayWire(wire.account(), outside), wire.signature("a=1")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(signature[-3]) ^ 1]

    assert line.fits("a=1", signature)
    for other in (signature[:-3] + last + "==", signature[:8] + "!" + signature[8:], signature + "\n", ""):
        assert not line.fits("a=1", other)
