"""What WeChat Pay says about payments and refunds, and what that means in the port's words."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from infra.payment.port import BadSignature, PaymentState, PaymentStatus, PaymentUnavailable, RefundStatus

T = TypeVar("T")

CURRENCY = "CNY"

STATUSES: dict[str, PaymentStatus] = {
    "SUCCESS": "captured",
    "REFUND": "captured",  # a part of it, or all, went back later
    "NOTPAY": "pending",
    "USERPAYING": "pending",
    "CLOSED": "canceled",
    "REVOKED": "canceled",
    "PAYERROR": "failed",
}
REFUND_STATUSES: dict[str, RefundStatus] = {
    "SUCCESS": "succeeded",
    "PROCESSING": "pending",
    "CLOSED": "failed",
    "ABNORMAL": "failed",  # the shopper's bank card is dead: people have to find another way at WeChat
}


class Opened(msgspec.Struct):
    prepay_id: str = ""
    code_url: str = ""
    h5_url: str = ""


class Money(msgspec.Struct):
    total: int = 0
    refund: int = 0
    currency: str = CURRENCY


class Payer(msgspec.Struct):
    openid: str = ""


class Transaction(msgspec.Struct):
    mchid: str
    appid: str
    out_trade_no: str
    trade_state: str
    transaction_id: str = ""
    success_time: datetime | None = None
    amount: Money = msgspec.field(default_factory=Money)
    payer: Payer = msgspec.field(default_factory=Payer)


class Refunded(msgspec.Struct):
    out_refund_no: str
    out_trade_no: str
    amount: Money
    status: str = ""
    refund_status: str = ""
    mchid: str = ""
    success_time: datetime | None = None


def read(about: bytes, kind: type[T]) -> T:
    """What was inside a believed notice. Raises BadSignature."""
    try:
        return msgspec.json.decode(about, type=kind)
    except msgspec.DecodeError as error:
        raise BadSignature("signed, but it makes no sense") from error


def payment_state(found: Transaction, number: str) -> PaymentState:
    status = STATUSES.get(found.trade_state)
    if status is None:
        raise PaymentUnavailable(f"an unknown state {found.trade_state}")
    return PaymentState(
        number, found.transaction_id or number, status, found.amount.total, found.amount.currency,
        payer_id=found.payer.openid,
    )  # fmt: skip
