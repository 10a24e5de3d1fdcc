"""Alipay: paying on its page (computer) or in a phone's browser (wap), refunds, and notices of what became of a trade.

Sources: https://docs.open.alipay.com/api_1/ followed by alipay.trade.page.pay, alipay.trade.wap.pay (its product is
QUICK_WAP_WAY, not what the SDK sends), alipay.trade.query, alipay.trade.close, alipay.trade.refund and
alipay.trade.fastpay.refund.query; notices: https://docs.open.alipay.com/270/105902. Times are Beijing's, amounts yuan.

Where it differs from the port: `create` calls nobody, the signed link opens the trade when the shopper follows it, so
a number conflict shows there, and `close` of a trade nobody opened is PaymentUnknown (the link dies at `expires_at`).
Its names are letters, digits and underscores: our hyphens travel as underscores. A query does not tell how much was
refunded. A notice about a refund tells the sum of all refunds, not the one: it becomes a PaymentNotice with
`refunded_amount`, and each refund's outcome is its own answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from infra import clock
from infra.http import Outside
from infra.payment.alipay_account import AlipayAccount
from infra.payment.alipay_bills import bill_of
from infra.payment.alipay_notices import read_notice
from infra.payment.alipay_wire import AlipayWire
from infra.payment.beijing_days import lines_of
from infra.payment.own_numbers import PlainNumbers
from infra.payment.port import (
    Acknowledgment,
    PaymentIntent,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    PaymentUnavailable,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
    RefundState,
)
from infra.payment.statement_port import StatementLine
from infra.payment.yuan import fen, to_beijing, yuan

CURRENCY = "CNY"
NUMBER = re.compile(r"[0-9A-Za-z-]{1,50}")  # with hyphens as underscores and a mark behind, within 64
LARGEST_AMOUNT = 10_000_000_000
LINK_LIVES = timedelta(hours=2)  # where the order does not say until when; the same as WeChat's codes
FORBIDDEN_IN_SUBJECT = str.maketrans(dict.fromkeys("/=&<>\"'\\,", " "))  # and commas, which would split its bills

PAGES = {
    "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    "wap": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    "h5": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
}
STATUSES: dict[str, PaymentStatus] = {
    "WAIT_BUYER_PAY": "pending",
    "TRADE_SUCCESS": "captured",
    "TRADE_FINISHED": "captured",
    "TRADE_CLOSED": "canceled",  # or paid and refunded in full: then there is a time of payment
}
ALREADY_OVER = {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS"}


class Trade(msgspec.Struct):
    out_trade_no: str
    trade_status: str
    total_amount: str
    trade_no: str = ""
    send_pay_date: str = ""
    buyer_user_id: str = ""
    buyer_open_id: str = ""


class Refunded(msgspec.Struct):
    """Of `alipay.trade.refund`. `refund_fee` is the sum of all refunds of the trade; `fund_change` says whether this
    call moved money.
    """

    out_trade_no: str
    fund_change: str = "N"


class FoundRefund(msgspec.Struct):
    """Of the refund query: an unknown refund is a success without any of these."""

    out_trade_no: str = ""
    out_request_no: str = ""
    refund_amount: str = ""
    refund_status: str = ""


class Alipay:
    """Keeps the promises of `PaymentProvider` and `StatementSource`.

    `notify_url` is where Alipay tells us, without parameters; `mark` is that of `OwnNumbers`.
    """

    acknowledgment = Acknowledgment(b"success", "text/plain")

    def __init__(self, account: AlipayAccount, outside: Outside, *, notify_url: str, mark: str = "") -> None:
        self._account = account
        self._numbers = PlainNumbers(mark)
        self._wire = AlipayWire(account, outside)
        self._notify_url = notify_url

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        _require_sense(request)
        method, product = PAGES[request.method]
        expires_at = request.expires_at or clock.now() + LINK_LIVES
        content = {
            "out_trade_no": self._numbers.theirs(request.number),
            "total_amount": yuan(request.amount),
            "subject": request.description.translate(FORBIDDEN_IN_SUBJECT)[:256].strip() or request.number,
            "product_code": product,
            "time_expire": to_beijing(expires_at),
        }
        if method == "alipay.trade.wap.pay":
            content["quit_url"] = request.return_url
        signed = self._wire.signed(method, content, return_url=request.return_url, notify_url=self._notify_url)
        return PaymentIntent(request.number, f"{self._account.base_url}?{signed}")

    async def query(self, number: str) -> PaymentState:
        name = self._numbers.theirs(number)
        trade = await self._wire.call("alipay.trade.query", {"out_trade_no": name}, Trade)
        if trade.out_trade_no != name or trade.trade_status not in STATUSES:
            raise PaymentUnavailable("the answer is about another trade, or in a state we do not know")
        status = STATUSES[trade.trade_status]
        if status == "canceled" and trade.send_pay_date:
            status = "captured"
        return PaymentState(
            number, trade.trade_no or number, status, _amount(trade.total_amount), CURRENCY,
            payer_id=trade.buyer_user_id or trade.buyer_open_id,
        )  # fmt: skip

    async def close(self, number: str) -> PaymentState:
        try:
            await self._wire.call("alipay.trade.close", {"out_trade_no": self._numbers.theirs(number)}, dict[str, Any])
        except PaymentRejected as error:
            if error.code not in ALREADY_OVER:
                raise
        return await self.query(number)

    async def refund(self, request: RefundRequest) -> RefundState:
        if request.amount <= 0 or request.currency != CURRENCY:
            raise PaymentRejected("bad_amount", f"{request.amount} {request.currency}")
        content = {
            "out_trade_no": self._numbers.theirs(request.payment_number),
            "refund_amount": yuan(request.amount),
            "out_request_no": self._numbers.theirs(request.number),
        }
        done = await self._wire.call("alipay.trade.refund", content, Refunded)
        if done.out_trade_no != content["out_trade_no"]:
            raise PaymentUnavailable("the answer is about another trade")
        state = RefundState(request.number, request.payment_number, "succeeded", request.amount, CURRENCY)
        if done.fund_change == "Y":
            return state
        try:
            known = await self.query_refund(request.number, request.payment_number)
        except PaymentUnknown:
            return msgspec.structs.replace(state, status="pending")
        if known.amount != request.amount:
            raise PaymentRejected("number_conflict", "another refund has this number")
        return known

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        """Alipay knows a refund only beside its trade. "Not there" may mean "not yet": it wants ten seconds."""
        if not payment_number:
            raise PaymentUnknown("payment_number_missing", number)
        names = (self._numbers.theirs(number), self._numbers.theirs(payment_number))
        content = {"out_trade_no": names[1], "out_request_no": names[0]}
        found = await self._wire.call("alipay.trade.fastpay.refund.query", content, FoundRefund)
        if not found.refund_amount or found.refund_status not in ("", "REFUND_SUCCESS"):
            raise PaymentUnknown("refund_not_there", number)
        if (found.out_request_no, found.out_trade_no) != names:
            raise PaymentUnavailable("the answer is about another refund")
        return RefundState(number, payment_number, "succeeded", _amount(found.refund_amount), CURRENCY)

    async def statement(self, day: date) -> list[StatementLine]:
        """Other systems of the same merchant have lines of their own; they are not the store's to explain."""
        lines = await lines_of(day, lambda theirs: bill_of(self._wire, theirs))
        ours = [line for line in lines if self._numbers.is_ours(line.number)]
        return [msgspec.structs.replace(line, number=self._numbers.ours(line.number)) for line in ours]

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        return read_notice(self._wire, self._numbers, raw_body, now)


def _require_sense(request: PaymentRequest) -> None:
    if request.method not in PAGES:
        raise PaymentRejected("method_not_offered", request.method)
    if not 0 < request.amount <= LARGEST_AMOUNT:
        raise PaymentRejected("bad_amount", str(request.amount))
    if request.currency != CURRENCY:
        raise PaymentRejected("currency_not_offered", request.currency)
    if not NUMBER.fullmatch(request.number):
        raise PaymentRejected("bad_number", request.number)


def _amount(text: str) -> int:
    try:
        return fen(text)
    except ValueError as error:
        raise PaymentUnavailable(f"the answer holds no amount: {text!r}") from error
