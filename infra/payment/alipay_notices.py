"""Alipay's notices: a signed form, sent until it is answered `success`.

Besides the signature, the sender's time, the app, the seller and the charset are checked. A copy that comes hours
later with its old time is refused as stale; the reconciler has asked by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from infra.payment.alipay_wire import SIGN_TYPE, AlipayWire
from infra.payment.own_numbers import OwnNumbers
from infra.payment.port import (
    BadSignature,
    PaymentNotice,
    PaymentState,
    PaymentStatus,
    StaleNotice,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.yuan import fen, from_beijing
from infra.signatures import TOLERANCE_S

MOST_FIELDS = 100
STATUSES: dict[str, PaymentStatus] = {
    "WAIT_BUYER_PAY": "pending",
    "TRADE_SUCCESS": "captured",
    "TRADE_FINISHED": "captured",
    "TRADE_CLOSED": "canceled",
}


def read_notice(wire: AlipayWire, numbers: OwnNumbers, raw_body: bytes, now: datetime) -> PaymentNotice:
    """Believe a notice or raise BadSignature, StaleNotice, WrongMerchant or UnrelatedNotice."""
    form = _form(raw_body)
    signature, kind = form.pop("sign", ""), form.pop("sign_type", "")
    signed = "&".join(f"{name}={value}" for name, value in sorted(form.items()))
    if kind != SIGN_TYPE or not wire.fits(signed, signature):
        raise BadSignature("the signature does not fit")
    try:
        _require_fresh(form, now)
        _require_ours(form, wire)
        return _notice(form, numbers.ours(form["out_trade_no"]))
    except (KeyError, ValueError) as error:
        raise BadSignature("signed, but not a notice of a trade") from error


def _form(raw_body: bytes) -> dict[str, str]:
    """One value per name: which of two was signed would be anybody's guess."""
    try:
        text = raw_body.decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise BadSignature("not a form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BadSignature("a field comes twice")
    return form


def _require_fresh(form: Mapping[str, str], now: datetime) -> None:
    if abs((now - from_beijing(form["notify_time"])).total_seconds()) > TOLERANCE_S:
        raise StaleNotice(f"said at {form['notify_time']} in Beijing")


def _require_ours(form: Mapping[str, str], wire: AlipayWire) -> None:
    if (form["app_id"], form["seller_id"]) != (wire.account.app_id, wire.account.seller_id):
        raise WrongMerchant(f"{form['app_id']} {form['seller_id']}")
    if form.get("charset", "utf-8").lower() != "utf-8":
        raise ValueError("not in UTF-8")
    if form["notify_type"] != "trade_status_sync":
        raise UnrelatedNotice(form["notify_type"])


def _notice(form: Mapping[str, str], number: str) -> PaymentNotice:
    status = STATUSES[form["trade_status"]]
    refunded = fen(form["refund_fee"]) if form.get("refund_fee") else 0
    if status == "canceled" and (refunded or form.get("gmt_payment")):
        status = "captured"  # closed because all of it went back
    told = next(filter(None, (form.get(name) for name in ("gmt_refund", "gmt_payment", "gmt_close"))), "")
    state = PaymentState(
        number, form["trade_no"], status, fen(form["total_amount"]), "CNY", refunded_amount=refunded,
        payer_id=form.get("buyer_id") or form.get("buyer_open_id", ""),
    )  # fmt: skip
    return PaymentNotice(form["notify_id"], from_beijing(told[:19] or form["notify_time"]), state)
