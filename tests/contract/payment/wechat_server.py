"""A server that speaks WeChat Pay's protocol: it believes nobody's request unsigned, and signs what it says itself."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import time
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.contract.payment import wechat_notices as wire
from tests.contract.payment.keys import pair
from tests.contract.payment.serving import Asked, Fault, ProviderServer, Said
from tests.contract.payment.wechat_money_out import MoneyOut, Order, Refund, Refused
from tests.contract.payment.wechat_people import MINI_PROGRAM, WeChatPeople

BEIJING = timezone(timedelta(hours=8))
AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="(?P<mchid>[^"]+)",nonce_str="(?P<nonce>[^"]+)",signature="(?P<signature>[^"]+)",'
    r'timestamp="(?P<timestamp>\d+)",serial_no="(?P<serial>[^"]+)"'
)


class WeChatServer(ProviderServer):
    """`by_certificate` makes it sign under the platform certificate's serial instead of the public key's id."""

    def __init__(self, *, by_certificate: bool = False) -> None:
        super().__init__()
        self.serial = wire.CERTIFICATE_SERIAL if by_certificate else wire.KEY_ID
        self.orders: dict[str, Order] = {}
        self.refunds: dict[str, Refund] = {}
        self.out = MoneyOut(self.serial, self.orders, self._notify)
        self.people = WeChatPeople()
        self.bills: dict[str, bytes] = {}
        self.broken_bills = False
        self.fail_refunds = False
        self.refund_s = 0.0

    async def answer(self, asked: Asked) -> Said:
        fault = self.fault()
        if fault == "error":
            return Said(500, b"<html>bad gateway</html>")
        if asked.path in ("/connect/oauth2/authorize", "/sns/oauth2/access_token", MINI_PROGRAM):
            return self.people.answer(asked)
        if not self._authorized(asked):
            return Said(401, b'{"code":"SIGN_ERROR","message":"\\u7b7e\\u540d\\u9519\\u8bef"}')
        if asked.path == "/v3/billdownload/file":
            return Said(200, self._file(asked.query.removeprefix("token=")))
        try:
            if fault == "busy":
                raise Refused(500, "SYSTEM_ERROR", "try again")
            status, said = self._do(asked)
        except Refused as no:
            status, said = no.status, {"code": no.code, "message": no.message}
        if fault == "error_after":
            status, said = 500, {"code": "SYSTEM_ERROR", "message": "the deed is done all the same"}
        return self._signed(status, said, fault)

    def _signed(self, status: int, said: dict[str, Any] | None, fault: Fault | None) -> Said:
        body = b"" if said is None else json.dumps(said).encode()
        body = b"<html>?</html>" if fault == "nonsense" else body
        when = datetime.now(UTC) - timedelta(minutes=6 if fault == "stale" else 0)
        headers = wire.signature_headers(
            body, when, serial=self.serial, signer="stranger" if fault == "other_key" else "platform"
        )
        if fault == "wrong_signature":
            headers["Wechatpay-Signature"] = base64.b64encode(bytes(256)).decode()
        if fault == "truncated":
            body = body[:-5]
        return Said(status, body, {} if fault == "unsigned" else headers)

    def _authorized(self, asked: Asked) -> bool:
        given = AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if not given or abs(time.time() - int(given["timestamp"])) > 300:
            return False
        target = asked.path + (f"?{asked.query}" if asked.query else "")
        text = f"{asked.method}\n{target}\n{given['timestamp']}\n{given['nonce']}\n".encode() + asked.body + b"\n"
        try:
            key = pair("merchant").public_key()
            key.verify(base64.b64decode(given["signature"]), text, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return (given["mchid"], given["serial"]) == (wire.MCHID, wire.MERCHANT_SERIAL)

    def _do(self, asked: Asked) -> tuple[int, dict[str, Any] | None]:
        body = json.loads(asked.body) if asked.body else {}
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        for method, pattern, action in self._routes():
            match = re.fullmatch(pattern, asked.path)
            if match and asked.method == method:
                found: tuple[int, dict[str, Any] | None] = action(
                    *map(unquote, match.groups()), body=body, query=query, asked=asked
                )
                return found
        raise Refused(404, "INVALID_REQUEST", "no such interface")

    def _routes(self) -> list[tuple[str, str, Any]]:
        return [
            ("POST", r"/v3/pay/transactions/(native|h5|jsapi)", self._open),
            ("GET", r"/v3/pay/transactions/out-trade-no/([^/]+)", self._look),
            ("POST", r"/v3/pay/transactions/out-trade-no/([^/]+)/close", self._close),
            ("POST", r"/v3/refund/domestic/refunds", self._refund),
            ("GET", r"/v3/refund/domestic/refunds/([^/]+)", self._look_at_refund),
            ("GET", "/v3/bill/tradebill", self._offer_bill),
            *self.out.routes(),
        ]

    def _open(self, kind: str, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        if body["mchid"] != wire.MCHID or body["appid"] not in (wire.APPID, wire.MINI_APPID):
            raise Refused(400, "APPID_MCHID_NOT_MATCH")
        if kind == "jsapi" and not body.get("payer", {}).get("openid"):
            raise Refused(400, "PARAM_ERROR", "payer.openid")
        if kind == "h5" and not body.get("scene_info", {}).get("payer_client_ip"):
            raise Refused(400, "PARAM_ERROR", "scene_info.payer_client_ip")
        known = self.orders.setdefault(body["out_trade_no"], Order(body, kind))
        if known.asked != body:
            raise Refused(403, "OUT_TRADE_NO_USED")
        if known.state in ("SUCCESS", "REFUND"):
            raise Refused(400, "ORDERPAID")
        if known.state != "NOTPAY":
            raise Refused(400, "ORDER_CLOSED")
        name = body["out_trade_no"]
        return 200, {
            "native": {"code_url": f"weixin://wxpay/bizpayurl?pr={name}"},
            "h5": {"h5_url": f"https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{name}&package=1"},
            "jsapi": {"prepay_id": f"wx{name}"},
        }[kind]

    def _order(self, number: str) -> Order:
        if number not in self.orders:
            raise Refused(404, "ORDER_NOT_EXIST")
        return self.orders[number]

    def _look(self, number: str, *, query: dict[str, str], **_: Any) -> tuple[int, dict[str, Any]]:
        if query["mchid"] != wire.MCHID:
            raise Refused(400, "MCH_NOT_EXISTS")
        return 200, self.transaction(number)

    def transaction(self, number: str) -> dict[str, Any]:
        order = self._order(number)
        total = order.asked["amount"]["total"]
        told = wire.transaction(
            out_trade_no=number,
            appid=order.asked["appid"],
            trade_state=order.state,
            transaction_id=order.transaction_id,
            trade_type=order.kind.upper(),
            amount={"total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY"},
        )
        if not order.transaction_id:
            del told["success_time"], told["transaction_id"], told["payer"]
        return told

    def _close(self, number: str, *, body: dict[str, Any], **_: Any) -> tuple[int, None]:
        order = self._order(number)
        if order.state in ("SUCCESS", "REFUND"):
            raise Refused(400, "ORDERPAID")
        order.state = "CLOSED"
        return 204, None

    def pay(self, number: str, choice: str = "pay") -> None:
        """The shopper's choice in WeChat. A failed or closed order takes no money any more."""
        order = self._order(number)
        if order.state != "NOTPAY" or choice == "look":
            return
        order.state = {"pay": "SUCCESS", "fail": "PAYERROR", "cancel": "REVOKED"}[choice]
        if choice == "pay":
            order.transaction_id = f"42000{uuid.uuid4().int % 10**20:020}"
            self._notify(order.asked["notify_url"], "TRANSACTION.SUCCESS", self.transaction(number), "transaction")

    def _refund(self, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        number, order = body["out_refund_no"], self._paid(body["out_trade_no"])
        if body["amount"]["total"] != order.asked["amount"]["total"]:
            raise Refused(400, "PARAM_ERROR", "the total differs from the order's")
        if number in self.refunds:
            if self.refunds[number].asked != body:
                raise Refused(400, "INVALID_REQUEST", "another refund has this number")
            return self._look_at_refund(number)
        if order.refunded + body["amount"]["refund"] > order.asked["amount"]["total"]:
            raise Refused(400, "INVALID_REQUEST", "more than was paid")
        status = "CLOSED" if self.fail_refunds else "PROCESSING"
        refund = Refund(body, status, time.monotonic() + self.refund_s)
        self.refunds[number] = refund
        if status != "CLOSED":
            order.refunded += body["amount"]["refund"]
            self._settle(number)
        return self._look_at_refund(number)

    def _settle(self, number: str) -> None:
        refund = self.refunds[number]
        if refund.status != "PROCESSING" or time.monotonic() < refund.ready_at:
            return
        refund.status = "SUCCESS"
        self.orders[refund.asked["out_trade_no"]].state = "REFUND"
        amount = refund.asked["amount"]
        told = wire.refunded(
            out_trade_no=refund.asked["out_trade_no"],
            out_refund_no=number,
            amount={"total": amount["total"], "refund": amount["refund"]},
        )
        self._notify(refund.asked["notify_url"], "REFUND.SUCCESS", told, "refund")

    def _paid(self, number: str) -> Order:
        order = self.orders.get(number)
        if order is None or order.state not in ("SUCCESS", "REFUND"):
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        return order

    def _look_at_refund(self, number: str, **_: Any) -> tuple[int, dict[str, Any]]:
        if number not in self.refunds:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        self._settle(number)
        refund = self.refunds[number]
        return 200, {
            "refund_id": "5030",
            "out_refund_no": number,
            "out_trade_no": refund.asked["out_trade_no"],
            "status": refund.status,
            "amount": {**refund.asked["amount"], "payer_refund": refund.asked["amount"]["refund"]},
        }

    def _offer_bill(self, *, query: dict[str, str], **_: Any) -> tuple[int, dict[str, Any]]:
        day = query["bill_date"]
        if day not in self.bills:
            raise Refused(400, "NO_STATEMENT_EXIST")
        digest = hashlib.sha1(self.bills[day], usedforsecurity=False).hexdigest()
        url = f"{self.url}/v3/billdownload/file?token={day}"
        return 200, {"hash_type": "SHA1", "hash_value": digest, "download_url": url}

    def _file(self, day: str) -> bytes:
        """Packed, and not signed: only its digest was."""
        packed = gzip.compress(self.bills[day].replace(b"43.90", b"0.01") if self.broken_bills else self.bills[day])
        return packed

    def _notify(self, url: str, event_type: str, about: dict[str, Any], kind: str) -> None:
        event_id, created = str(uuid.uuid4()), datetime.now(BEIJING).isoformat(timespec="seconds")

        def make() -> tuple[dict[str, str], bytes]:
            body = wire.envelope(event_type, about, event_id=event_id, created=created, kind=kind)
            return wire.signature_headers(body, datetime.now(UTC), serial=self.serial), body

        self.tell(url, make, lambda answer: answer.status_code in (200, 204))
