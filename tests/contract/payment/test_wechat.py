"""WeChat Pay's own ways: three ways to pay, answers nobody should believe, refunds that are closed for good."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from infra.http import Outside
from infra.payment.credentials import InvalidCredentials
from infra.payment.port import (
    BadSignature,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PaymentUnknown,
    ProgramUser,
    RefundNotice,
    RefundRequest,
    UnrelatedNotice,
)
from infra.payment.wechat import WeChatPay
from infra.payment.wechat_account import WECHAT_ADDRESS
from infra.payment.wechat_wire import WeChatWire
from tests.contract.conftest import Listener
from tests.contract.payment import wechat_notices as wire
from tests.contract.payment.keys import certificate_pem, pair, public_pem
from tests.contract.payment.serving import Fault, serving
from tests.contract.payment.wechat_server import WeChatServer

SHOP = "http://tea.localhost:8000/orders/1"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ORDER = PaymentRequest("PAY-001", 4_390, "CNY", "Two boxes of tea", SHOP)


@pytest.fixture
async def server() -> AsyncIterator[WeChatServer]:
    opened = WeChatServer()
    async with serving(opened):
        yield opened


@pytest.fixture
def provider(server: WeChatServer, outside: Outside, listener: Listener) -> WeChatPay:
    return WeChatPay(wire.account(server.url), outside, notify_url=f"{listener.url}/webhooks/payments/x")


def asking(**other: Any) -> PaymentRequest:
    return msgspec.structs.replace(ORDER, **other)


@pytest.mark.parametrize("method", ["page", "qr"])
async def test_on_a_computer_the_shopper_scans_a_code(provider: WeChatPay, method: str) -> None:
    intent = await provider.create(asking(method=method))

    assert (intent.kind, intent.pay_url) == ("qr", "")
    assert intent.payload == {"code_url": "weixin://wxpay/bizpayurl?pr=PAY-001"}


@pytest.mark.parametrize("method", ["h5", "wap"])
async def test_in_a_phones_browser_the_shopper_goes_to_wechat_and_comes_back(provider: WeChatPay, method: str) -> None:
    intent = await provider.create(asking(method=method, client_ip="203.0.113.9"))

    assert intent.kind == "redirect"
    assert parse_qs(urlsplit(intent.pay_url).query)["redirect_url"] == [SHOP]


async def test_inside_wechat_its_browser_gets_parameters_we_signed(provider: WeChatPay, server: WeChatServer) -> None:
    intent = await provider.create(asking(method="jsapi", payer_id="oUpF8uMuAJO"))

    signed = dict(intent.payload)
    text = "".join(f"{signed[name]}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
    signature = base64.b64decode(signed["paySign"])
    pair("merchant").public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())  # raises if it does not fit
    assert (intent.kind, signed["package"], signed["signType"]) == ("jsapi", "prepay_id=wxPAY-001", "RSA")
    assert server.orders["PAY-001"].asked["payer"] == {"openid": "oUpF8uMuAJO"}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"method": "jsapi"}, "payer_missing"),
        ({"method": "h5"}, "client_ip_missing"),
        ({"currency": "TWD"}, "currency_not_offered"),
        ({"number": "P1"}, "bad_number"),
        ({"number": "T1000123 1"}, "bad_number"),
    ],
)
async def test_what_wechat_would_refuse_is_refused_before(
    provider: WeChatPay, other: dict[str, str], code: str
) -> None:
    with pytest.raises(PaymentRejected, match=code):
        await provider.create(asking(**other))


async def test_the_code_ends_when_the_order_does_in_beijings_time(provider: WeChatPay, server: WeChatServer) -> None:
    await provider.create(asking(expires_at=datetime(2026, 11, 22, 0, 30, tzinfo=UTC), shared=True))

    asked = server.orders["PAY-001"].asked
    assert asked["time_expire"] == "2026-11-22T08:30:00+08:00"
    assert asked["settle_info"] == {"profit_sharing": True}


@pytest.mark.parametrize("fault", [fault for fault in get_args(Fault) if fault != "error_after"])
async def test_an_answer_that_is_broken_forged_or_old_is_no_answer(
    provider: WeChatPay, server: WeChatServer, fault: Fault
) -> None:
    await provider.create(ORDER)
    server.pay("PAY-001")
    server.faults.append(fault)

    with pytest.raises(PaymentUnavailable):
        await provider.query("PAY-001")
    assert (await provider.query("PAY-001")).status == "captured"


async def test_an_unsigned_no_is_not_believed_either(provider: WeChatPay, server: WeChatServer) -> None:
    """Somebody in between could otherwise make a paid order look as if it never was."""
    server.faults.append("unsigned")

    with pytest.raises(PaymentUnavailable):
        await provider.query("never-heard-of")
    with pytest.raises(PaymentUnknown):
        await provider.query("never-heard-of")


async def test_what_wechat_says_no_to_keeps_its_code(provider: WeChatPay, server: WeChatServer) -> None:
    await provider.create(ORDER)
    server.pay("PAY-001")

    with pytest.raises(PaymentRejected, match="ORDERPAID"):
        await provider.create(ORDER)
    with pytest.raises(PaymentRejected, match="OUT_TRADE_NO_USED"):
        await provider.create(asking(amount=1))


async def test_an_answer_about_another_payment_is_no_answer(provider: WeChatPay, server: WeChatServer) -> None:
    await provider.create(ORDER)
    server.orders["PAY-002"] = server.orders["PAY-001"]
    told = server.transaction("PAY-001")
    server.transaction = lambda number: told  # type: ignore[method-assign] # WeChat mixes two orders up

    with pytest.raises(PaymentUnavailable, match="another payment"):
        await provider.query("PAY-002")


async def test_a_refund_wechat_closed_comes_back_under_a_number_made_from_ours(
    provider: WeChatPay, server: WeChatServer, listener: Listener
) -> None:
    await provider.create(ORDER)
    server.pay("PAY-001")
    order = RefundRequest("REF-001", "PAY-001", 390, "CNY")
    server.fail_refunds = True
    assert [(await provider.refund(order)).status for _ in range(2)] == ["failed", "failed"]
    server.fail_refunds = False

    again = await provider.refund(order)

    assert sorted(server.refunds) == ["REF-001", "REF-001@2", "REF-001@3"]
    assert (again.number, again.status, again.amount) == ("REF-001", "succeeded", 390)
    assert await provider.refund(order) == again == await provider.query_refund("REF-001")
    told = [provider.parse_webhook(one.headers, one.body, datetime.now(UTC)) for one in await listener.wait_for(2)]
    (notice,) = (one for one in told if isinstance(one, RefundNotice))
    assert (notice.state.number, notice.state.payment_number) == ("REF-001", "PAY-001")


async def test_a_refund_to_a_dead_bank_card_fails_and_is_never_sent_a_second_time(
    provider: WeChatPay, server: WeChatServer
) -> None:
    """The money has left the store's balance: WeChat's own desk decides where it goes, and the number shows it then."""
    await provider.create(ORDER)
    server.pay("PAY-001")
    order = RefundRequest("REF-001", "PAY-001", 390, "CNY")
    server.refund_s = 60
    await provider.refund(order)
    server.refunds["REF-001"].status = "ABNORMAL"

    assert (await provider.refund(order)).status == "failed"
    server.refunds["REF-001"].status = "SUCCESS"
    assert (await provider.refund(order)).status == "succeeded"
    assert list(server.refunds) == ["REF-001"]


async def test_what_is_refunded_is_measured_against_what_was_paid(provider: WeChatPay, server: WeChatServer) -> None:
    """WeChat wants to hear the order's total; without being told it is asked for."""
    await provider.create(ORDER)
    server.pay("PAY-001")

    with pytest.raises(PaymentRejected, match="PARAM_ERROR"):
        await provider.refund(RefundRequest("REF-001", "PAY-001", 390, "CNY", payment_amount=4_391))
    assert (await provider.refund(RefundRequest("REF-001", "PAY-001", 390, "CNY"))).status == "succeeded"


@pytest.mark.parametrize(
    ("trade_state", "status"),
    [("SUCCESS", "captured"), ("REFUND", "captured"), ("CLOSED", "canceled"), ("PAYERROR", "failed")],
)
def test_a_notice_says_what_became_of_the_order(provider: WeChatPay, trade_state: str, status: str) -> None:
    body = notice(wire.transaction(trade_state=trade_state))

    told = provider.parse_webhook(wire.signature_headers(body, NOW), body, NOW)

    assert isinstance(told, PaymentNotice)
    assert (told.event_id, told.state.status, told.state.amount, told.state.currency) == ("e-1", status, 4_390, "CNY")
    assert told.state.payer_id == "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
    assert told.happened_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_notice_about_something_else_is_none_of_ours(provider: WeChatPay) -> None:
    body = notice({"stock_id": "9856888"}, "COUPON.USE")

    with pytest.raises(UnrelatedNotice):
        provider.parse_webhook(wire.signature_headers(body, NOW), body, NOW)


def test_while_a_merchant_changes_over_both_ways_of_signing_are_believed(outside: Outside) -> None:
    account = wire.account(platform_certificates=certificate_pem("old platform"), public_key=public_pem("platform"))
    provider, body = WeChatPay(account, outside, notify_url=SHOP), notice(wire.transaction())
    by_key = wire.signature_headers(body, NOW)
    by_certificate = wire.signature_headers(body, NOW, serial=wire.CERTIFICATE_SERIAL, signer="old platform")
    crossed = wire.signature_headers(body, NOW, serial=wire.CERTIFICATE_SERIAL, signer="platform")

    assert provider.parse_webhook(by_key, body, NOW) == provider.parse_webhook(by_certificate, body, NOW)
    with pytest.raises(BadSignature):
        provider.parse_webhook(crossed, body, NOW)


def test_a_signature_written_another_way_is_not_the_same(outside: Outside) -> None:
    """Base64 leaves room: four bits of the last character, and whatever is no letter of it."""
    body = notice(wire.transaction())
    headers = wire.signature_headers(body, NOW)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    signature = headers["Wechatpay-Signature"]
    last = letters[letters.index(signature[-3]) ^ 1]
    others = [signature[:-3] + last + "==", f" {signature}", signature[:8] + "!" + signature[8:], signature.rstrip("=")]

    for other in others:
        with pytest.raises(BadSignature):
            WeChatWire(wire.account(), outside).verify(headers | {"Wechatpay-Signature": other}, body, NOW)


def test_a_notice_is_fresh_for_five_minutes(outside: Outside) -> None:
    body = notice(wire.transaction())
    line = WeChatWire(wire.account(), outside)

    for seconds in (-300, 300):
        line.verify(wire.signature_headers(body, NOW + timedelta(seconds=seconds)), body, NOW)


def notice(about: dict[str, Any], event_type: str = "TRANSACTION.SUCCESS") -> bytes:
    return wire.envelope(event_type, about, event_id="e-1", created="2026-11-22T08:00:00+08:00")


@pytest.fixture
def naming(server: WeChatServer, outside: Outside) -> WeChatPay:
    """An account that may ask who pays."""
    return WeChatPay(wire.account(server.url, app_secret=wire.APP_SECRET), outside, notify_url=SHOP)


async def _code(provider: WeChatPay, state: str = "5f00") -> dict[str, str]:
    """What a browser comes back with."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        led = await browser.get(provider.payer_address(f"{SHOP}?key=a/b&by=wechat", state))
    assert led.status_code == 302, led.text
    return dict(parse_qsl(urlsplit(led.headers["location"]).query))


async def test_a_browser_comes_back_with_a_code_that_names_its_reader(naming: WeChatPay, server: WeChatServer) -> None:
    back = await _code(naming)

    assert (back["key"], back["by"], back["state"]) == ("a/b", "wechat", "5f00")
    assert await naming.payer_of(back["code"]) == server.people.reader


async def test_a_code_is_good_once(naming: WeChatPay) -> None:
    code = (await _code(naming))["code"]
    await naming.payer_of(code)

    with pytest.raises(PaymentRejected, match="payer_40163"):
        await naming.payer_of(code)


@pytest.mark.parametrize("code", ["", "a b", "x" * 300, "no-such-code"])
async def test_what_is_no_code_names_nobody(naming: WeChatPay, code: str) -> None:
    with pytest.raises(PaymentRejected):
        await naming.payer_of(code)


async def test_another_apps_secret_names_nobody(naming: WeChatPay, server: WeChatServer, outside: Outside) -> None:
    guessing = WeChatPay(wire.account(server.url, app_secret="0" * 32), outside, notify_url=SHOP)

    with pytest.raises(PaymentRejected, match="payer_40125"):
        await guessing.payer_of((await _code(naming))["code"])


async def test_a_busy_wechat_is_asked_again(naming: WeChatPay, server: WeChatServer) -> None:
    server.people.busy = True

    with pytest.raises(PaymentUnavailable):
        await naming.payer_of("abc")


def test_real_accounts_are_named_at_wechats_own_addresses() -> None:
    account = wire.account(WECHAT_ADDRESS, app_secret=wire.APP_SECRET)

    assert (account.open_url, account.app_url) == ("https://open.weixin.qq.com", "https://api.weixin.qq.com")
    assert WeChatPay(account, Outside(), notify_url=SHOP).knows_payers
    assert not WeChatPay(wire.account(WECHAT_ADDRESS), Outside(), notify_url=SHOP).knows_payers


@pytest.fixture
def program(server: WeChatServer, outside: Outside) -> WeChatPay:
    """An account with a mini-program."""
    account = wire.account(server.url, mini_appid=wire.MINI_APPID, mini_secret=wire.MINI_SECRET)
    return WeChatPay(account, outside, notify_url=SHOP)


def _inside(user: ProgramUser, number: str = "PAY-001") -> PaymentRequest:
    """The order, to be paid by this user inside the program."""
    return msgspec.structs.replace(
        ORDER, number=number, method="jsapi", payer_id=user.payer_id, app_id=user.app_id
    )  # fmt: skip


async def test_the_mini_programs_user_pays_under_its_own_app(program: WeChatPay, server: WeChatServer) -> None:
    user = await program.program_user(server.people.login())
    intent = await program.create(_inside(user))
    (name,) = server.orders
    server.pay(name)

    assert user == ProgramUser(wire.MINI_APPID, server.people.reader)
    assert intent.payload["appId"] == server.orders[name].asked["appid"] == wire.MINI_APPID
    assert (await program.query("PAY-001")).status == "captured"
    with pytest.raises(PaymentRejected, match="app_unknown"):
        await program.create(_inside(ProgramUser("wxother", "oReader"), number="PAY-002"))


async def test_a_mini_programs_code_is_good_once_and_only_with_its_secret(
    program: WeChatPay, server: WeChatServer, outside: Outside
) -> None:
    code = server.people.login()
    guessing = wire.account(server.url, mini_appid=wire.MINI_APPID, mini_secret="0" * 32)
    with pytest.raises(PaymentRejected, match="code_40125"):
        await WeChatPay(guessing, outside, notify_url=SHOP).program_user(code)
    await program.program_user(code)

    with pytest.raises(PaymentRejected, match="code_40029"):
        await program.program_user(code)
    server.people.busy = True
    with pytest.raises(PaymentUnavailable):
        await program.program_user(server.people.login())


def test_half_a_mini_program_is_none() -> None:
    for half, field, fault in (
        ({"mini_appid": "wx1"}, "mini_secret", "missing"), ({"mini_secret": "0" * 32}, "mini_appid", "missing"),
        ({"mini_appid": "wx1", "mini_secret": "short"}, "mini_secret", "bad_app_secret"),
    ):  # fmt: skip
        with pytest.raises(InvalidCredentials) as refused:
            msgspec.structs.replace(wire.account(WECHAT_ADDRESS), **half).require_valid()
        assert refused.value.fields == {field: fault}
    assert not WeChatPay(wire.account(WECHAT_ADDRESS), Outside(), notify_url=SHOP).knows_programs
