"""A server that speaks Alipay's protocol: the gateway, the page a signed link leads to, and the notices."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.contract.payment import alipay_notices as wire
from tests.contract.payment.alipay_money_out import MoneyOut, Refused
from tests.contract.payment.keys import pair
from tests.contract.payment.serving import Asked, Fault, ProviderServer, Said

PRODUCTS = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}


@dataclass
class Trade:
    asked: dict[str, Any]
    notify_url: str
    trade_no: str
    status: str = "WAIT_BUYER_PAY"
    paid_at: str = ""
    refunded: Decimal = Decimal(0)


@dataclass
class Refund:
    trade: str
    amount: Decimal
    ready_at: float


class AlipayServer(ProviderServer):
    def __init__(self) -> None:
        super().__init__()
        self.trades: dict[str, Trade] = {}
        self.refunds: dict[tuple[str, str], Refund] = {}
        self.bills: dict[str, bytes] = {}
        self.out = MoneyOut()
        self.fail_refunds = False
        self.refund_s = 0.0

    @property
    def gateway(self) -> str:
        return f"{self.url}/gateway.do"

    async def answer(self, asked: Asked) -> Said:
        fault = self.fault()
        if fault == "error":
            return Said(502, b"<html>bad gateway</html>")
        if asked.path == "/downloadBillFile.resource":
            return Said(200, self.bills[asked.query.removeprefix("bizDates=")])
        if asked.method == "GET":
            return self._page(asked)
        form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        node = form["method"].replace(".", "_") + "_response"
        if not _authorized(form):
            said = {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-signature"}
            return Said(200, json.dumps({node: said, "sign": ""}).encode())
        try:
            said = {"code": "10000", "msg": "Success", **self._do(form, json.loads(form["biz_content"]))}
        except Refused as no:
            said = {"code": no.code, "msg": "Business Failed", "sub_code": no.sub_code}
        return self._signed(node, said, fault)

    def _signed(self, node: str, said: dict[str, Any], fault: Fault | None) -> Said:
        if fault in ("busy", "error_after"):
            said = {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
        body = wire.answer(node, said, signer="stranger" if fault == "other_key" else "alipay")
        if fault == "unsigned":
            body = json.dumps({node: said}).encode()
        if fault == "wrong_signature":
            body = json.dumps({node: said, "sign": base64.b64encode(bytes(256)).decode()}).encode()
        if fault == "truncated":
            body = body[:-20]
        return Said(200, b"<html>?</html>" if fault == "nonsense" else body)

    def _page(self, asked: Asked) -> Said:
        """Where a shopper's browser arrives with a signed link: this, and only this, opens the trade."""
        form = dict(parse_qsl(asked.query, keep_blank_values=True))
        content = json.loads(form["biz_content"])
        number = content["out_trade_no"]
        expired = content["time_expire"] <= wire.clock(datetime.now(UTC))
        if not _authorized(form) or expired or content["product_code"] != PRODUCTS[form["method"]]:
            return Said(403, b"invalid-signature")
        known = self.trades.setdefault(
            number, Trade(content, form["notify_url"], f"20261122{uuid.uuid4().int % 10**20}")
        )
        if known.asked["total_amount"] != content["total_amount"]:
            return Said(409, b"ACQ.CONTEXT_INCONSISTENT")
        return Said(200, b"a page to pay")

    def _do(self, form: dict[str, str], content: dict[str, Any]) -> dict[str, Any]:
        actions = {
            "alipay.trade.query": self._look,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._look_at_refund,
            "alipay.fund.trans.common.query": self.out.look,
            "alipay.data.dataservice.bill.downloadurl.query": self._offer_bill,
        }
        method = form["method"]
        if method == "alipay.fund.trans.uni.transfer":
            return self.out.transfer(content, form)
        if method not in actions:
            raise Refused("isv.invalid-method", "40002")
        return actions[method](content)

    def _trade(self, content: dict[str, Any]) -> Trade:
        if content["out_trade_no"] not in self.trades:
            raise Refused("ACQ.TRADE_NOT_EXIST")
        return self.trades[content["out_trade_no"]]

    def _look(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self._trade(content)
        said = {
            "out_trade_no": content["out_trade_no"],
            "trade_no": trade.trade_no,
            "trade_status": trade.status,
            "total_amount": trade.asked["total_amount"],
            "buyer_logon_id": "csq***{@sandbox.com",
        }
        return said | ({"send_pay_date": trade.paid_at} if trade.paid_at else {})

    def _close(self, content: dict[str, Any]) -> dict[str, Any]:
        trade = self._trade(content)
        if trade.status != "WAIT_BUYER_PAY":
            raise Refused("ACQ.TRADE_STATUS_ERROR")
        trade.status = "TRADE_CLOSED"
        return {"out_trade_no": content["out_trade_no"], "trade_no": trade.trade_no}

    def pay(self, number: str, choice: str = "pay") -> None:
        """The shopper's choice. A payment that fails leaves the trade waiting for another try."""
        trade = self.trades[number]
        if trade.status != "WAIT_BUYER_PAY" or choice in ("fail", "look"):
            return
        if choice == "cancel":
            trade.status = "TRADE_CLOSED"
        else:
            trade.status, trade.paid_at = "TRADE_SUCCESS", wire.clock(datetime.now(UTC))
        self._tell(number)

    def _refund(self, content: dict[str, Any]) -> dict[str, Any]:
        trade, key = self._trade(content), (content["out_trade_no"], content["out_request_no"])
        changed = "N"
        if key not in self.refunds:
            amount = Decimal(content["refund_amount"])
            if not trade.paid_at:
                raise Refused("ACQ.TRADE_STATUS_ERROR")
            if self.fail_refunds:
                raise Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH")
            if trade.refunded + amount > Decimal(trade.asked["total_amount"]):
                raise Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            self.refunds[key] = Refund(key[0], amount, time.monotonic() + self.refund_s)
            trade.refunded += amount
            if not self.refund_s:
                changed = "Y"
                self._settle(trade, key)
        said = {"out_trade_no": key[0], "trade_no": trade.trade_no, "fund_change": changed}
        return said | {"refund_fee": f"{trade.refunded:.2f}"}

    def _settle(self, trade: Trade, key: tuple[str, str]) -> None:
        if trade.refunded == Decimal(trade.asked["total_amount"]):
            trade.status = "TRADE_CLOSED"
        refunded = f"{trade.refunded:.2f}"
        self._tell(key[0], out_biz_no=key[1], refund_fee=refunded, gmt_refund=f"{wire.clock(datetime.now(UTC))}.270")

    def _look_at_refund(self, content: dict[str, Any]) -> dict[str, Any]:
        """An unknown refund is a success with nothing in it."""
        self._trade(content)
        refund = self.refunds.get((content["out_trade_no"], content["out_request_no"]))
        if refund is None or time.monotonic() < refund.ready_at:
            return {}
        return {
            "out_trade_no": content["out_trade_no"],
            "out_request_no": content["out_request_no"],
            "refund_amount": f"{refund.amount:.2f}",
            "total_amount": self.trades[refund.trade].asked["total_amount"],
            "refund_status": "REFUND_SUCCESS",
        }

    def _offer_bill(self, content: dict[str, Any]) -> dict[str, Any]:
        if content["bill_date"] not in self.bills:
            raise Refused("isp.bill_not_exist")
        return {"bill_download_url": f"{self.url}/downloadBillFile.resource?bizDates={content['bill_date']}"}

    def _tell(self, number: str, **other: str) -> None:
        trade, notify_id = self.trades[number], uuid.uuid4().hex

        def make() -> tuple[dict[str, str], bytes]:
            fields = wire.trade(
                datetime.now(UTC),
                notify_id=notify_id,
                out_trade_no=number,
                trade_no=trade.trade_no,
                trade_status=trade.status,
                total_amount=trade.asked["total_amount"],
                gmt_payment=trade.paid_at,
                **other,
            )
            return {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, wire.form(fields)

        self.tell(trade.notify_url, make, lambda answer: answer.content == b"success")


def _authorized(form: dict[str, str]) -> bool:
    signature = form.get("sign", "")
    text = "&".join(f"{name}={value}" for name, value in sorted(form.items()) if name != "sign" and value)
    try:
        pair("app").public_key().verify(base64.b64decode(signature), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return (form["app_id"], form["sign_type"], form["charset"]) == (wire.APP_ID, "RSA2", "utf-8")
