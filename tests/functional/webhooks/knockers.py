"""Everybody who calls a store from outside, with a genuine call that would move something, for tests that spoil it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

import msgspec

import tenants
from app import orders, payments
from app.flows.plan_fulfillment import plan_fulfillment
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import wiring
from infra.carrier.kuaidi100 import push_form
from infra.payment.sandbox_wire import Webhook
from infra.payment.yuan import yuan
from infra.signatures import sign_notice
from tenants import Tenant
from tests.builders_selling import captured, open_payment, order, paid_order
from tests.contract.payment import alipay_notices, wechat_notices
from tests.contract.payment.forgeries import Mutation, Parser, Signed, Target
from tests.contract.payment.stripe_server import StripeServer
from tests.functional.webhooks.test_calls_from_outside import CHECKPOINTS, address, opened, parcel_callback

KEYS = {"secret_key": "sk_test_51abcdefgh", "webhook_secret": "whsec_0123456789abcdef"}
NOBODY = cast("Parser", None)  # here the whole shop reads, not one adapter


@dataclass(frozen=True, slots=True)
class Knocker:
    """One caller. `addresses` are all of the store's that it might knock at, its own first."""

    addresses: list[str]
    target: Target


async def _account(vendor: str, secrets: Mapping[str, str]) -> str:
    """Returns the mark of its numbers."""
    account = new_id()
    sealed = wiring.OF_PAYMENTS.seal(dict(secrets), tenant_id=tenants.current().id, row_id=account)
    async with tenants.transaction():
        await payments.save_account(
            account, vendor, merchant_id="", credentials_sealed=sealed, base_url="https://pay.invalid", settings={}
        )
    return account.hex


async def _payment(vendor: str) -> payments.Payment:
    placed = await order()
    payment = await open_payment(placed.order_id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment SET provider = $2 WHERE id = $1", payment.id, vendor)
        return await payments.find(payment.id)


def _same_form(one: bytes, other: bytes) -> bool:
    """The same to whoever reads the form, however it is encoded and ordered."""
    read = [dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) for body in (one, other)]
    return read[0] == read[1]


async def sandbox(shop: Tenant) -> Knocker:
    state = captured(await open_payment((await order()).order_id))
    key = await opened("secret_sealed", "payment_account", "payments")

    def said(at: int) -> Signed:
        body = msgspec.json.encode(Webhook(f"e-{at}", shop.id.hex, "payment", int(now().timestamp()), payment=state))
        return sign_notice(key, event_id=f"e-{at}", body=body, now=now()), body

    names = ("tz-sandbox-event", "tz-sandbox-timestamp", "tz-sandbox-signature")
    target = Target("sandbox", NOBODY, [said(at) for at in range(4)], {}, names)
    return Knocker([address(shop, "payments", "sandbox"), address(shop, "payments")], target)


async def stripe(shop: Tenant) -> Knocker:
    theirs, marker = StripeServer(**KEYS), await _account("stripe", KEYS)  # type: ignore[arg-type] # both are texts
    payment = await _payment("stripe")

    def said(at: int, **how: Any) -> Signed:
        session = {
            "id": "cs_test_1", "status": "complete", "payment_status": "paid", "amount_total": payment.amount,
            "currency": payment.currency.lower(),
            "metadata": {"tuanzhou_number": payment.number, "tuanzhou_account": marker},
        }  # fmt: skip
        body = json.dumps(theirs.event("checkout.session.completed", session, id=f"evt_{at}")).encode()
        return theirs.signed(body, **how), body

    deeds: dict[str, Mutation] = {
        "rightly signed, too long ago": lambda luck, _said: said(0, age=luck.randrange(302, 9_000_000)),
        "rightly signed, in the future": lambda luck, _said: said(0, age=-luck.randrange(302, 9_000_000)),
        "signed by a stranger": lambda luck, _said: said(0, secret=f"whsec_{luck.getrandbits(64)}"),
    }
    target = Target("stripe", NOBODY, [said(at) for at in range(4)], deeds, ("stripe-signature",))
    return Knocker([address(shop, "payments", "stripe")], target)


async def wechat(shop: Tenant) -> Knocker:
    theirs = wechat_notices.account()
    names = ("mchid", "appid", "serial_no", "private_key", "apiv3_key", "public_key_id", "public_key")
    mark = (await _account("wechat", {name: getattr(theirs, name) for name in names}))[-10:]
    payment = await _payment("wechat")

    def said(at: int, **how: Any) -> Signed:
        about = wechat_notices.transaction(
            out_trade_no=f"{payment.number}_{mark}", amount={"total": payment.amount, "currency": "CNY"}
        )
        body = wechat_notices.envelope(
            "TRANSACTION.SUCCESS", about, event_id=f"e-{at}", created="2026-11-22T08:00:00+08:00"
        )
        return wechat_notices.signature_headers(body, now(), **how), body

    deeds: dict[str, Mutation] = {"signed by a stranger": lambda _luck, _said: said(0, signer="stranger")}
    headers = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature")
    target = Target("wechat", NOBODY, [said(at) for at in range(4)], deeds, headers)
    return Knocker([address(shop, "payments", "wechat")], target)


async def alipay(shop: Tenant) -> Knocker:
    theirs = alipay_notices.account()
    names = ("app_id", "seller_id", "private_key", "alipay_public_key")
    mark = (await _account("alipay", {name: getattr(theirs, name) for name in names}))[-10:]
    payment = await _payment("alipay")
    number = f"{payment.number.replace('-', '_')}_{mark}"

    def said(at: int, **how: Any) -> Signed:
        told = alipay_notices.trade(now(), out_trade_no=number, notify_id=f"n{at}", total_amount=yuan(payment.amount))
        return {"Content-Type": "application/x-www-form-urlencoded"}, alipay_notices.form(told, **how)

    deeds: dict[str, Mutation] = {
        "signed by a stranger": lambda _luck, _said: said(0, signer="stranger"),
        "another amount": lambda _luck, was: (was[0], was[1] + b"&total_amount=0.01"),
    }
    target = Target("alipay", NOBODY, [said(at) for at in range(4)], deeds, same=_same_form)
    return Knocker([address(shop, "payments", "alipay")], target)


async def _parcel() -> bytes:
    placed = await paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    return await parcel_callback(f"{placed.number}-1", str(line.id))


async def warehouse(shop: Tenant) -> Knocker:
    form = await _parcel()

    def unsigned(name: str, value: str) -> Mutation:
        return lambda _luck, was: (was[0], urlencode(dict(parse_qsl(was[1].decode())) | {name: value}).encode())

    deeds = {"another method": unsigned("method", "x"), "another time": unsigned("timestamp", "1")}
    return Knocker([address(shop, "warehouse")], Target("warehouse", NOBODY, [({}, form)], deeds, same=_same_form))


async def carrier(shop: Tenant) -> Knocker:
    salt = (await opened("carrier_salt_sealed", "warehouse", "carrier")).decode()
    result = {"state": "3", "com": "shunfeng", "nu": "SF100", "data": CHECKPOINTS, "ischeck": "1"}
    param = msgspec.json.encode({"lastResult": result}).decode()
    deeds: dict[str, Mutation] = {
        "signed by a stranger": lambda luck, _said: ({}, push_form(param, f"{luck.getrandbits(64)}"))
    }
    genuine: list[Signed] = [({}, push_form(param, salt))]
    return Knocker([address(shop, "carrier")], Target("carrier", NOBODY, genuine, deeds, same=_same_push))


def _same_push(one: bytes, other: bytes) -> bool:
    """Of a push only these two are read."""
    read = [dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) for body in (one, other)]
    return [read[0].get(name) for name in ("param", "sign")] == [read[1].get(name) for name in ("param", "sign")]


EVERYBODY: dict[str, Callable[[Tenant], Awaitable[Knocker]]] = {
    "sandbox": sandbox, "stripe": stripe, "wechat": wechat, "alipay": alipay, "warehouse": warehouse,
    "carrier": carrier,
}  # fmt: skip
