"""WeChat Pay's merchant transfers (商家轉賬): money for a person, who confirms it in WeChat.

Sources, under https://pay.weixin.qq.com/: docs/merchant/apis/mch-trans/transfer-bill/transfer-to-user.html (after any
doubt the same number again, a new one may pay twice), .../get-transfer-bill-by-out-no.html (query),
doc/v3/merchant/4012716458 (cancel), docs/merchant/apis/batch-transfer-to-balance/callback-notice.html (notice);
https://developers.weixin.qq.com/miniprogram/dev/api/payment/wx.requestMerchantTransfer.md (confirming).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from wechatpayv3.utils import rsa_encrypt

from infra.http import Outside
from infra.payment.own_numbers import OwnNumbers
from infra.payment.payouts_port import TransferNotice, TransferRequest, TransferState, TransferStatus
from infra.payment.port import (
    Acknowledgment,
    BadSignature,
    PaymentRejected,
    PaymentUnavailable,
    PaymentUnknown,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.wechat_account import WeChatAccount
from infra.payment.wechat_records import CURRENCY, read
from infra.payment.wechat_wire import WeChatWire

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"
FINISHED = "MCHTRANSFER.BILL.FINISHED"
NUMBER = re.compile(r"[0-9A-Za-z]{1,32}")
NAME_FROM = 200_000  # From 2,000 yuan on WeChat insists on the person's name.

STATUSES: dict[str, TransferStatus] = {
    "ACCEPTED": "pending",
    "PROCESSING": "pending",
    "WAIT_USER_CONFIRM": "awaiting_confirmation",
    "TRANSFERING": "pending",
    "SUCCESS": "succeeded",
    "FAIL": "failed",
    "CANCELING": "pending",
    "CANCELLED": "canceled",
}


class Bill(msgspec.Struct):
    """An answer or notice; the first answer says neither amount nor merchant."""

    out_bill_no: str
    state: str = ""
    transfer_bill_no: str = ""
    package_info: str = ""
    transfer_amount: int | None = None
    mch_id: str = ""
    fail_reason: str = ""
    create_time: datetime | None = None
    update_time: datetime | None = None


class WeChatTransfers:
    """Keeps the promises of `Payouts`; `mark` is that of `OwnNumbers`."""

    acknowledgment = Acknowledgment(b'{"code":"SUCCESS"}')

    def __init__(self, account: WeChatAccount, outside: Outside, *, notify_url: str, mark: str = "") -> None:
        self._account = account
        self._numbers = OwnNumbers(mark, between="")  # letters and digits only
        self._wire = WeChatWire(account, outside)
        self._notify_url = notify_url

    async def transfer(self, request: TransferRequest) -> TransferState:
        """Asks first: another sum under a used number is refused, and a known one is not sent again."""
        _require_sense(request, self._numbers.theirs(request.number))
        try:
            known = await self.query_transfer(request.number)
        except PaymentUnknown:
            return await self._send(request)
        if known.amount != request.amount:
            raise PaymentRejected("number_conflict", "another transfer has this number")
        if known.status == "awaiting_confirmation":  # only sending it again tells how to confirm
            return await self._send(request)
        return known

    async def _send(self, request: TransferRequest) -> TransferState:
        bill: dict[str, Any] = {
            "appid": self._account.appid,
            "out_bill_no": self._numbers.theirs(request.number),
            "transfer_scene_id": request.scene,
            "openid": request.payee_id,
            "transfer_amount": request.amount,
            "transfer_remark": request.remark[:32],
            "notify_url": self._notify_url,
            "transfer_scene_report_infos": [
                {"info_type": kind, "info_content": content} for kind, content in request.scene_details.items()
            ],
        }
        serial = ""
        if request.payee_name:
            serial, key = self._account.encryption_key()
            bill["user_name"] = rsa_encrypt(request.payee_name, key)
        sent = await self._wire.call("POST", BILLS, Bill, bill, encrypted_with=serial)
        return self._state(request.number, sent, amount=request.amount)

    async def query_transfer(self, number: str) -> TransferState:
        found = await self._wire.call("GET", self._path(number), Bill)
        if found.mch_id != self._account.mchid or found.transfer_amount is None:
            raise PaymentUnavailable("the answer is about another merchant's transfer")
        return self._state(number, found, amount=found.transfer_amount)

    async def cancel_transfer(self, number: str) -> TransferState:
        await self._wire.send("POST", f"{self._path(number)}/cancel")
        return await self.query_transfer(number)

    def parse_transfer_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> TransferNotice:
        notice, about = self._wire.open_notice(headers, raw_body, now)
        if notice.event_type != FINISHED:
            raise UnrelatedNotice(notice.event_type)
        bill = read(about, Bill)
        if bill.mch_id != self._account.mchid:
            raise WrongMerchant(bill.mch_id)
        if bill.state not in STATUSES or bill.transfer_amount is None:
            raise BadSignature(f"signed, but in the state {bill.state}")
        state = self._state(self._numbers.ours(bill.out_bill_no), bill, amount=bill.transfer_amount)
        return TransferNotice(notice.id, bill.update_time or notice.create_time, state)

    def _path(self, number: str) -> str:
        return f"{BILLS}/out-bill-no/{quote(self._numbers.theirs(number), safe='')}"

    def _state(self, number: str, bill: Bill, *, amount: int) -> TransferState:
        status = STATUSES.get(bill.state)
        if bill.out_bill_no != self._numbers.theirs(number) or status is None:
            raise PaymentUnavailable(f"the answer is about {bill.out_bill_no}, in the state {bill.state!r}")
        confirm = {}
        if bill.package_info:
            confirm = {"mchId": self._account.mchid, "appId": self._account.appid, "package": bill.package_info}
        return TransferState(
            number, bill.transfer_bill_no, status, amount, CURRENCY, confirm=confirm, failure=bill.fail_reason
        )


def _require_sense(request: TransferRequest, name: str) -> None:
    if request.amount <= 0:
        raise PaymentRejected("bad_amount", str(request.amount))
    if request.currency != CURRENCY:
        raise PaymentRejected("currency_not_offered", request.currency)
    if not NUMBER.fullmatch(name):
        raise PaymentRejected("bad_number", name)
    if request.amount >= NAME_FROM and not request.payee_name:
        raise PaymentRejected("payee_name_missing", "WeChat wants the person's name from 2,000 yuan on")
