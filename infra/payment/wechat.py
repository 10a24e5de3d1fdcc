"""WeChat Pay v3: paying by QR code (Native), in a phone's browser (H5) and inside WeChat (JSAPI); refunds; notices.

Sources, under https://pay.weixin.qq.com/doc/v3/: merchant/4012525095 (Native), merchant/4012525153 (H5),
partner/4012523579 (JSAPI), merchant/4013070356 (query), merchant/4012556398 (close), merchant/4012552567 (refund),
merchant/4013071031 (what the states of a refund mean), merchant/4012071382 (what a notice holds).

Where it differs from the port: a query does not tell how much was refunded (`refunded_amount` stays 0); a refund WeChat
has given up (CLOSED: a week without enough balance) never comes back under its number, so later attempts get a number
derived from ours (`R1@2`), and only after the one before is closed for good.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from infra import clock
from infra.http import Outside
from infra.payment.beijing_days import lines_of
from infra.payment.mini_programs import MiniProgram
from infra.payment.own_numbers import OwnNumbers
from infra.payment.port import (
    Acknowledgment,
    AlreadyPaid,
    BadSignature,
    PaymentIntent,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentState,
    PaymentUnavailable,
    ProgramUser,
    RefundNotice,
    RefundRequest,
    RefundState,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.statement_port import StatementLine
from infra.payment.wechat_account import WeChatAccount
from infra.payment.wechat_bills import bill_of
from infra.payment.wechat_payers import WeChatPayers
from infra.payment.wechat_records import (
    CURRENCY,
    REFUND_STATUSES,
    STATUSES,
    Opened,
    Refunded,
    Transaction,
    payment_state,
    read,
)
from infra.payment.wechat_refunds import WeChatRefunds
from infra.payment.wechat_wire import Notice, WeChatWire
from infra.payment.yuan import BEIJING

LARGEST_AMOUNT = 10_000_000_000
NUMBER = re.compile(r"[0-9A-Za-z_\-*]{6,32}")

PATHS = {"page": "native", "qr": "native", "h5": "h5", "wap": "h5", "jsapi": "jsapi"}
PAID = {"ORDERPAID", "ORDER_PAID"}
PAID_OR_OVER = PAID | {"ORDER_CLOSED", "ORDERCLOSED"}


class WeChatPay:
    """Keeps the promises of `PaymentProvider`, `PayerLookup`, `ProgramLookup` and `StatementSource`.

    `notify_url` is where WeChat tells us, https and without parameters; `mark` is that of `OwnNumbers`.
    """

    acknowledgment = Acknowledgment(b'{"code":"SUCCESS"}')

    def __init__(self, account: WeChatAccount, outside: Outside, *, notify_url: str, mark: str = "") -> None:
        self._account = account
        self._wire = WeChatWire(account, outside)
        self._numbers = OwnNumbers(mark)
        self._refunds = WeChatRefunds(self._wire, self._numbers, notify_url)
        self._notify_url = notify_url
        self._payers = WeChatPayers(account, outside)
        self._program = MiniProgram(account.mini_appid, account.mini_secret, account.app_url, outside)

    @property
    def knows_payers(self) -> bool:
        return bool(self._account.app_secret)

    def payer_address(self, return_url: str, state: str) -> str:
        return self._payers.address(return_url, state)

    async def payer_of(self, code: str) -> str:
        return await self._payers.openid(code)

    @property
    def knows_programs(self) -> bool:
        return bool(self._account.mini_appid and self._account.mini_secret)

    async def program_user(self, code: str) -> ProgramUser:
        return await self._program.user(code)

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        name = self._numbers.theirs(request.number)
        _require_sense(request, name)
        app_id = request.app_id or self._account.appid
        if app_id not in self._account.app_ids:
            raise PaymentRejected("app_unknown", app_id)
        order = self._order(request, name, app_id)
        try:
            opened = await self._wire.call("POST", f"/v3/pay/transactions/{PATHS[request.method]}", Opened, order)
        except PaymentRejected as error:
            if error.code in PAID:
                raise AlreadyPaid(error.code) from error
            raise
        if opened.prepay_id:
            return PaymentIntent(opened.prepay_id, "", "jsapi", self._jsapi(opened.prepay_id, app_id))
        if opened.code_url:
            return PaymentIntent(request.number, "", "qr", {"code_url": opened.code_url})
        if opened.h5_url:
            back = urlencode({"redirect_url": request.return_url})
            return PaymentIntent(request.number, f"{opened.h5_url}&{back}")
        raise PaymentUnavailable("the answer holds no way to pay")

    def _order(self, request: PaymentRequest, name: str, app_id: str) -> dict[str, Any]:
        order: dict[str, Any] = {
            "appid": app_id,
            "mchid": self._account.mchid,
            "description": request.description[:127],
            "out_trade_no": name,
            "notify_url": self._notify_url,
            "amount": {"total": request.amount, "currency": CURRENCY},
            "settle_info": {"profit_sharing": request.shared},
        }
        if request.expires_at:
            order["time_expire"] = request.expires_at.astimezone(BEIJING).isoformat(timespec="seconds")
        if request.method == "jsapi":
            order["payer"] = {"openid": request.payer_id}
        if PATHS[request.method] == "h5":
            order["scene_info"] = {"payer_client_ip": request.client_ip, "h5_info": {"type": "Wap"}}
        return order

    def _jsapi(self, prepay_id: str, app_id: str) -> dict[str, str]:
        """What `WeixinJSBridge` and `wx.requestPayment` want: our signature below app, time, nonce and package."""
        timestamp, nonce = str(int(clock.now().astimezone(BEIJING).timestamp())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return {
            "appId": app_id,
            "timeStamp": timestamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._wire.sign(app_id, timestamp, nonce, package),
        }

    async def query(self, number: str) -> PaymentState:
        account, name = self._account, self._numbers.theirs(number)
        path = f"/v3/pay/transactions/out-trade-no/{quote(name, safe='')}?mchid={account.mchid}"
        found = await self._wire.call("GET", path, Transaction)
        ours = found.mchid == account.mchid and found.appid in account.app_ids
        if not ours or found.out_trade_no != name:
            raise PaymentUnavailable("the answer is about another payment")
        return payment_state(found, number)

    async def close(self, number: str) -> PaymentState:
        path = f"/v3/pay/transactions/out-trade-no/{quote(self._numbers.theirs(number), safe='')}/close"
        try:
            await self._wire.send("POST", path, {"mchid": self._account.mchid})
        except PaymentRejected as error:
            if error.code not in PAID_OR_OVER:
                raise
        return await self.query(number)

    async def refund(self, request: RefundRequest) -> RefundState:
        return await self._refunds.refund(request, self.query)

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        return await self._refunds.query(number)

    async def statement(self, day: date) -> list[StatementLine]:
        """Other systems of the same merchant have lines of their own; they are not the store's to explain."""
        lines = await lines_of(day, lambda theirs: bill_of(self._wire, theirs))
        ours = [line for line in lines if self._numbers.is_ours(line.number)]
        return [msgspec.structs.replace(line, number=self._numbers.ours(line.number)) for line in ours]

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        notice, about = self._wire.open_notice(headers, raw_body, now)
        if notice.event_type.startswith("TRANSACTION."):
            return self._payment_notice(notice, read(about, Transaction))
        if notice.event_type.startswith("REFUND."):
            return self._refund_notice(notice, read(about, Refunded))
        raise UnrelatedNotice(notice.event_type)

    def _payment_notice(self, notice: Notice, paid: Transaction) -> PaymentNotice:
        if paid.mchid != self._account.mchid or paid.appid not in self._account.app_ids:
            raise WrongMerchant(f"{paid.mchid} {paid.appid}")
        if paid.trade_state not in STATUSES:
            raise BadSignature(f"signed, but in the state {paid.trade_state}")
        state = payment_state(paid, self._numbers.ours(paid.out_trade_no))
        return PaymentNotice(notice.id, paid.success_time or notice.create_time, state)

    def _refund_notice(self, notice: Notice, refunded: Refunded) -> RefundNotice:
        """A refund's notice names the merchant, but no app."""
        if refunded.mchid != self._account.mchid:
            raise WrongMerchant(refunded.mchid)
        if refunded.refund_status not in REFUND_STATUSES:
            raise BadSignature(f"signed, but in the state {refunded.refund_status}")
        state = self._refunds.state(refunded)
        return RefundNotice(notice.id, refunded.success_time or notice.create_time, state)


def _require_sense(request: PaymentRequest, name: str) -> None:
    """What WeChat would refuse with PARAM_ERROR, refused in our words before it costs a call."""
    if not 0 < request.amount <= LARGEST_AMOUNT:
        raise PaymentRejected("bad_amount", str(request.amount))
    if request.currency != CURRENCY:
        raise PaymentRejected("currency_not_offered", request.currency)
    if not NUMBER.fullmatch(name):
        raise PaymentRejected("bad_number", name)
    if request.method == "jsapi" and not request.payer_id:
        raise PaymentRejected("payer_missing", "paying inside WeChat needs the shopper's openid")
    if PATHS[request.method] == "h5" and not request.client_ip:
        raise PaymentRejected("client_ip_missing", "paying in a phone's browser needs the shopper's address")
