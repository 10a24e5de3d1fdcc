"""The ways of signing a forger is up against: our sandbox, WeChat Pay in both ways, Alipay, Stripe."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from infra.http import Outside
from infra.payment.alipay import Alipay
from infra.payment.port import PaymentAccount
from infra.payment.references import NOTHING_KNOWN
from infra.payment.sandbox import SandboxPayments
from infra.payment.stripe import StripePayments
from infra.payment.stripe_account import StripeAccount
from infra.payment.wechat import WeChatPay
from infra.signatures import sign_notice
from tests.contract.payment import alipay_notices, wechat_notices
from tests.contract.payment.forgeries import NOW, Mutation, Signed, Target, away
from tests.contract.payment.keys import certificate_pem

OUTSIDE = Outside()  # Parsing never calls anybody.
SHOP = "http://shop.invalid/webhooks/payments/x"
SOME = 20


def sandbox() -> Target:
    account = PaymentAccount("m-1", "s3cret", "http://sandbox.invalid", "CNY")

    def body(at: int, **other: Any) -> bytes:
        state = {"number": f"T10001{at:02}-1", "provider_ref": f"r{at}", "status": "captured", "amount": 4390 + at}
        said = {"event_id": f"e-{at}", "merchant_id": "m-1", "kind": "payment", "happened_at": 1_790_000_000}
        return json.dumps({**said, "payment": {**state, "currency": "CNY", **other}}).encode()

    def signed(text: bytes, event: str, *, secret: bytes = b"s3cret", now: datetime = NOW) -> Signed:
        return sign_notice(secret, event_id=event, body=text, now=now), text

    def unsigned(**other: Any) -> Mutation:
        return lambda luck, said: (said[0], body(luck.randrange(SOME), **other))

    def again(luck: Random, said: Signed, **how: Any) -> Signed:
        return signed(said[1], said[0]["tz-sandbox-event"], **how)

    def foreign(luck: Random, said: Signed) -> Signed:
        text = said[1].replace(b'"m-1"', b'"m-%d"' % luck.randrange(2, 10_000))
        return signed(text, said[0]["tz-sandbox-event"])

    deeds: dict[str, Mutation] = {
        "another amount": unsigned(amount=1),
        "another currency": unsigned(currency="JPY"),
        "another payment": unsigned(number="T9999999-1"),
        "signed by a stranger": lambda luck, said: again(luck, said, secret=luck.randbytes(8)),
        "rightly signed, at another time": lambda luck, said: again(luck, said, now=away(luck)),
        "rightly signed, for another merchant": foreign,
    }
    genuine = [signed(body(at), f"e-{at}") for at in range(SOME)]
    names = ("tz-sandbox-event", "tz-sandbox-timestamp", "tz-sandbox-signature")
    return Target("sandbox", SandboxPayments(account, OUTSIDE), genuine, deeds, names)


def stripe() -> Target:
    account = StripeAccount("sk_test_0123456789", "whsec_0123456789", "4ccadeadbeef")

    def body(at: int, *, number: str = "", marker: str = account.marker, session: Any = None, **other: Any) -> bytes:
        metadata = {"tuanzhou_number": number or f"T10001{at:02}-1", "tuanzhou_account": marker}
        paid = {"id": f"cs_{at}", "status": "complete", "payment_status": "paid", "payment_intent": f"pi_{at}"}
        thing = {**paid, "amount_total": 4390 + at, "currency": "cny", "metadata": metadata, **(session or {})}
        event = {"id": f"evt_{at}", "type": "checkout.session.completed", "created": 1_790_000_000, "livemode": False}
        return json.dumps({**event, "data": {"object": thing}, **other}).encode()

    def signed(text: bytes, *, secret: str = account.webhook_secret, now: datetime = NOW, scheme: str = "v1") -> Signed:
        moment = int(now.timestamp())
        digest = hmac.new(secret.encode(), f"{moment}.".encode() + text, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={moment},{scheme}={digest}"}, text

    def unsigned(**other: Any) -> Mutation:
        return lambda luck, said: (said[0], body(luck.randrange(SOME), **other))

    def rightly(**other: Any) -> Mutation:
        return lambda luck, said: signed(body(luck.randrange(SOME), **other))

    def two_times(luck: Random, said: Signed) -> Signed:
        """A fresh time before the old, signed one."""
        old, text = signed(said[1], now=away(luck))
        return {"Stripe-Signature": f"t={int(NOW.timestamp())},{old['Stripe-Signature']}"}, text

    deeds: dict[str, Mutation] = {
        "another amount": unsigned(session={"amount_total": 1}),
        "another currency": unsigned(session={"currency": "jpy"}),
        "another payment": unsigned(number="T9999999-1"),
        "signed by a stranger": lambda luck, said: signed(said[1], secret=f"whsec_{luck.getrandbits(64)}"),
        "signed by an older scheme": lambda luck, said: signed(said[1], scheme="v0"),
        "two times": two_times,
        "rightly signed, at another time": lambda luck, said: signed(said[1], now=away(luck)),
        "rightly signed, for a connected account": rightly(account="acct_1"),
        "rightly signed, with real money": rightly(livemode=True),
        "rightly signed, for another store": rightly(marker="77c0ffee"),
    }
    genuine = [signed(body(at)) for at in range(SOME)]
    parser = StripePayments(account, OUTSIDE, NOTHING_KNOWN)
    return Target("stripe", parser, genuine, deeds, ("Stripe-Signature",))


def wechat(*, by_certificate: bool) -> Target:
    serial = wechat_notices.CERTIFICATE_SERIAL if by_certificate else wechat_notices.KEY_ID
    trust: dict[str, Any] = {}
    if by_certificate:  # and one that is over, whose key nobody should use any more
        old = certificate_pem("retired", 0xABCDEF, NOW - timedelta(days=1))
        trust = {"platform_certificates": certificate_pem("platform") + old}
    account = wechat_notices.account(by_certificate=by_certificate, **trust)

    def signed(body: bytes, now: datetime = NOW, *, serial: str = serial, signer: str = "platform") -> Signed:
        return wechat_notices.signature_headers(body, now, serial=serial, signer=signer), body

    def payment(at: int, *, key: str = wechat_notices.APIV3_KEY, **other: Any) -> bytes:
        about = wechat_notices.transaction(**{"out_trade_no": f"T10001{at:02}-1", **other})
        return _wechat_envelope("TRANSACTION.SUCCESS", about, f"e-{at}", key)

    def refund(at: int, **other: Any) -> bytes:
        about = wechat_notices.refunded(**{"out_refund_no": f"T10001{at:02}-1-R1", **other})
        return _wechat_envelope("REFUND.SUCCESS", about, f"r-{at}", wechat_notices.APIV3_KEY)

    def unsigned(**other: Any) -> Mutation:
        return lambda luck, said: (said[0], payment(luck.randrange(SOME), **other))

    def rightly(make: Callable[[int], bytes]) -> Mutation:
        return lambda luck, said: signed(make(luck.randrange(SOME)))

    def probe(luck: Random, said: Signed) -> Signed:
        """WeChat itself sends wrong signatures now and then, to see whether they are noticed."""
        return said[0] | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + said[0]["Wechatpay-Signature"]}, said[1]

    money = {"total": 1, "payer_total": 1, "currency": "CNY", "payer_currency": "CNY"}
    other_key = "fedcba9876543210fedcba9876543210"
    deeds: dict[str, Mutation] = {
        "another amount": unsigned(amount=money),
        "another currency": unsigned(amount=money | {"total": 4390, "currency": "USD"}),
        "another payment": unsigned(out_trade_no="T9999999-1"),
        "signed by a stranger": lambda luck, said: signed(said[1], signer="stranger"),
        "signed by the merchant": lambda luck, said: signed(said[1], signer="merchant"),
        "signed under an unknown serial": lambda luck, said: signed(said[1], serial=f"{luck.getrandbits(160):040X}"),
        "signed under another id": lambda luck, said: signed(said[1], serial=f"PUB_KEY_ID_{luck.getrandbits(96)}"),
        "signed by a retired key": lambda luck, said: signed(said[1], signer="retired", serial="ABCDEF"),
        "rightly signed, at another time": lambda luck, said: signed(said[1], away(luck)),
        "rightly signed, for another merchant": rightly(lambda at: payment(at, mchid=f"19000{at:05}")),
        "rightly signed, for another app": rightly(lambda at: payment(at, appid=f"wx{at:016}")),
        "rightly signed, another merchant's refund": rightly(lambda at: refund(at, mchid=f"19000{at:05}")),
        "rightly signed, encrypted for another": rightly(lambda at: payment(at, key=other_key)),
        "rightly signed, in a state nobody knows": rightly(lambda at: payment(at, trade_state="PERHAPS")),
        "a signature probe": probe,
    }
    genuine = [signed(payment(at)) for at in range(14)] + [signed(refund(at)) for at in range(6)]
    names = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature")
    name = "wechat-certificate" if by_certificate else "wechat"
    return Target(name, WeChatPay(account, OUTSIDE, notify_url=SHOP), genuine, deeds, names)


def _wechat_envelope(event_type: str, about: dict[str, Any], event_id: str, key: str) -> bytes:
    return wechat_notices.envelope(
        event_type, about, event_id=event_id, created="2026-11-22T08:00:00+08:00", key=key, kind="transaction"
    )


def alipay() -> Target:
    def fields(at: int, **other: str) -> dict[str, str]:
        """Every third tells of a refund too."""
        refund = {"out_biz_no": f"R{at}", "refund_fee": "1.00", "gmt_refund": "2026-11-22 08:00:00.270"}
        told = {"out_trade_no": f"T10001{at:02}-1", "notify_id": f"n{at}", **(refund if at % 3 == 0 else {})}
        return alipay_notices.trade(NOW, **{**told, **other})

    def unsigned(**other: str) -> Mutation:
        def change(luck: Random, said: Signed) -> Signed:
            return said[0], urlencode(dict(_pairs(said[1])) | other).encode()

        return change

    def rightly(make: Callable[[int], dict[str, str]], **how: str) -> Mutation:
        return lambda luck, said: (said[0], alipay_notices.form(make(luck.randrange(SOME)), **how))

    def at_another_time(luck: Random, said: Signed) -> Signed:
        return said[0], alipay_notices.form(fields(1, notify_time=alipay_notices.clock(away(luck))))

    def without(luck: Random, said: Signed) -> Signed:
        pairs = _pairs(said[1])
        pairs.pop(luck.randrange(len(pairs)))
        return said[0], urlencode(pairs).encode()

    def signature_of_another(luck: Random, said: Signed) -> Signed:
        """The nearest thing to a replayed nonce: everything of one notice, the signature of another."""
        return unsigned(sign=dict(_pairs(luck.choice(genuine)[1]))["sign"])(luck, said)

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    genuine: list[Signed] = [(headers, alipay_notices.form(fields(at))) for at in range(SOME)]
    deeds: dict[str, Mutation] = {
        "another amount": unsigned(total_amount="0.01"),
        "another currency": unsigned(trans_currency="USD"),
        "another payment": unsigned(out_trade_no="T9999999-1"),
        "another app, unsigned": unsigned(app_id="2021000100000000"),
        "another kind of signature": unsigned(sign_type="RSA"),
        "a field twice": lambda luck, said: (said[0], said[1] + b"&total_amount=0.01"),
        "a field missing": without,
        "a signature replayed": signature_of_another,
        "signed by a stranger": rightly(fields, signer="stranger"),
        "signed by the app itself": rightly(fields, signer="app"),
        "rightly signed, of an older kind": rightly(fields, sign_type="RSA"),
        "rightly signed, at another time": at_another_time,
        "rightly signed, for another app": rightly(lambda at: fields(at, app_id=f"20210001{at:08}")),
        "rightly signed, for another seller": rightly(lambda at: fields(at, seller_id=f"20880001{at:08}")),
        "rightly signed, in a state nobody knows": rightly(lambda at: fields(at, trade_status="TRADE_PERHAPS")),
        "rightly signed, in another charset": rightly(lambda at: fields(at, charset="gbk")),
    }
    parser = Alipay(alipay_notices.account(), OUTSIDE, notify_url=SHOP)
    return Target("alipay", parser, genuine, deeds, same=_same_form)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def _same_form(one: bytes, other: bytes) -> bool:
    """The same fields and values, however they are encoded and ordered."""
    try:
        return sorted(_pairs(one)) == sorted(_pairs(other))
    except ValueError:
        return False
