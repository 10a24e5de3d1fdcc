"""Alipay's transfers to a person's account: at once, without asking the person.

Sources: https://opendocs.alipay.com/apis/api_28/alipay.fund.trans.uni.transfer (only for apps in certificate mode; the
same `out_biz_no` twice is one transfer, and after any doubt the same one again) and alipay.fund.trans.common.query.

Where it differs from the port: nobody confirms, so nothing can be taken back, and there are no notices: it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from infra.http import Outside
from infra.payment.alipay_account import AlipayAccount
from infra.payment.alipay_wire import AlipayWire
from infra.payment.own_numbers import PlainNumbers
from infra.payment.payouts_port import TransferNotice, TransferRequest, TransferState, TransferStatus
from infra.payment.port import Acknowledgment, BadSignature, PaymentRejected, PaymentUnavailable, PaymentUnknown
from infra.payment.yuan import fen, yuan

CURRENCY = "CNY"
NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
USER_ID = re.compile(r"2088[0-9]{12}")
LEAST_AMOUNT = 10  # fen: Alipay sends from 0.10 yuan on
PRODUCT = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
STATUSES: dict[str, TransferStatus] = {
    "SUCCESS": "succeeded",
    "INIT": "pending",
    "WAIT_PAY": "pending",
    "DEALING": "pending",
    "UNKNOWN": "pending",
    "FAIL": "failed",
    "CLOSED": "failed",
    "REFUND": "failed",
}


class Transfer(msgspec.Struct):
    """An answer to either; the first one says no amount."""

    out_biz_no: str = ""
    order_id: str = ""
    status: str = ""
    trans_amount: str = ""
    error_code: str = ""
    fail_reason: str = ""


class AlipayTransfers:
    """Keeps the promises of `Payouts`, as far as the difference above allows."""

    acknowledgment = Acknowledgment(b"success", "text/plain")

    def __init__(self, account: AlipayAccount, outside: Outside, *, mark: str = "") -> None:
        self._numbers = PlainNumbers(mark)
        self._wire = AlipayWire(account, outside)

    async def transfer(self, request: TransferRequest) -> TransferState:
        """Asks first: a known number is not sent again, whatever sum comes with it."""
        _require_sense(request, self._numbers.theirs(request.number))
        try:
            known = await self._find(request.number, request.amount)
        except PaymentUnknown:
            return await self._send(request)
        if known.amount != request.amount:
            raise PaymentRejected("number_conflict", "another transfer has this number")
        return known

    async def query_transfer(self, number: str) -> TransferState:
        return await self._find(number, None)

    async def cancel_transfer(self, number: str) -> TransferState:
        raise PaymentRejected("not_offered", "Alipay pays at once; nothing waits that could be taken back")

    def parse_transfer_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> TransferNotice:
        raise BadSignature("Alipay tells nothing about transfers here; it is asked")

    async def _send(self, request: TransferRequest) -> TransferState:
        kind = "ALIPAY_USER_ID" if USER_ID.fullmatch(request.payee_id) else "ALIPAY_LOGON_ID"
        content = {
            "out_biz_no": self._numbers.theirs(request.number),
            "trans_amount": yuan(request.amount),
            **PRODUCT,
            "order_title": request.remark[:128],
            "payee_info": {"identity": request.payee_id, "identity_type": kind, "name": request.payee_name},
            "remark": request.remark[:200],
        }
        sent = await self._wire.call("alipay.fund.trans.uni.transfer", content, Transfer)
        return self._state(request.number, sent, request.amount)

    async def _find(self, number: str, amount: int | None) -> TransferState:
        """`amount` is what counts when Alipay does not repeat it."""
        content = {"out_biz_no": self._numbers.theirs(number), **PRODUCT}
        found = await self._wire.call("alipay.fund.trans.common.query", content, Transfer)
        if found.trans_amount:
            amount = _fen(found.trans_amount)
        if amount is None:
            raise PaymentUnavailable("the answer holds no amount")
        return self._state(number, found, amount)

    def _state(self, number: str, said: Transfer, amount: int) -> TransferState:
        status = STATUSES.get(said.status)
        if said.out_biz_no != self._numbers.theirs(number) or status is None:
            raise PaymentUnavailable(f"the answer is about {said.out_biz_no}, in the state {said.status!r}")
        failure = (said.error_code or said.fail_reason) if status == "failed" else ""
        return TransferState(number, said.order_id, status, amount, CURRENCY, failure=failure)


def _fen(text: str) -> int:
    try:
        return fen(text)
    except ValueError as error:
        raise PaymentUnavailable(f"the answer holds no amount: {text!r}") from error


def _require_sense(request: TransferRequest, name: str) -> None:
    if request.amount < LEAST_AMOUNT:
        raise PaymentRejected("bad_amount", str(request.amount))
    if request.currency != CURRENCY:
        raise PaymentRejected("currency_not_offered", request.currency)
    if not NUMBER.fullmatch(name):
        raise PaymentRejected("bad_number", name)
    if not request.payee_name:
        raise PaymentRejected("payee_name_missing", "Alipay compares the person's name with the account")
