"""What WeChat Pay's server does with money that goes out: transfers to people, and shares of a payment."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1

from tests.contract.payment import wechat_notices as wire
from tests.contract.payment.keys import pair
from tests.contract.payment.serving import Asked

Tell = Callable[[str, str, dict[str, Any], str], None]


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass
class Order:
    asked: dict[str, Any]
    kind: str
    state: str = "NOTPAY"
    transaction_id: str = ""
    refunded: int = 0


@dataclass
class Refund:
    asked: dict[str, Any]
    status: str
    ready_at: float = 0.0


@dataclass
class Transfer:
    asked: dict[str, Any]
    state: str = "WAIT_USER_CONFIRM"


@dataclass
class MoneyOut:
    """The books of transfers and shares; `orders` are those of the payments."""

    serial: str
    orders: dict[str, Order]
    tell: Tell
    transfers: dict[str, Transfer] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    receivers: set[str] = field(default_factory=set)
    sharings: dict[str, dict[str, Any]] = field(default_factory=dict)
    returns: dict[str, dict[str, Any]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)

    def routes(self) -> list[tuple[str, str, Any]]:
        bills, sharing = "/v3/fund-app/mch-transfer/transfer-bills", "/v3/profitsharing"
        return [
            ("POST", bills, self._transfer),
            ("GET", bills + r"/out-bill-no/([^/]+)", self._look_at_transfer),
            ("POST", bills + r"/out-bill-no/([^/]+)/cancel", self._cancel_transfer),
            ("POST", sharing + "/receivers/add", self._add_receiver),
            ("POST", sharing + "/orders", self._share),
            ("POST", sharing + "/orders/unfreeze", self._unfreeze),
            ("GET", sharing + r"/orders/([^/]+)", self._look_at_sharing),
            ("GET", sharing + r"/transactions/([^/]+)/amounts", self._held),
            ("POST", sharing + "/return-orders", self._take_back),
            ("GET", sharing + r"/return-orders/([^/]+)", self._look_at_return),
        ]

    def _transfer(self, *, body: dict[str, Any], asked: Asked, **_: Any) -> tuple[int, dict[str, Any]]:
        if "user_name" in body:
            if asked.headers.get("wechatpay-serial") != self.serial:
                raise Refused(400, "PARAM_ERROR", "encrypted with an unknown key")
            sealed = base64.b64decode(body["user_name"])
            opened = pair("platform").decrypt(sealed, OAEP(MGF1(SHA1()), SHA1(), None))  # noqa: S303 - the protocol's
            self.names.append(opened.decode())
            body = body | {"user_name": opened.decode()}
        known = self.transfers.setdefault(body["out_bill_no"], Transfer(body))
        if known.asked != body:
            raise Refused(400, "ALREADY_EXISTS")
        answer = {
            "out_bill_no": body["out_bill_no"],
            "transfer_bill_no": f"1330{body['out_bill_no']}",
            "create_time": "2026-11-22T08:00:00+08:00",
            "state": known.state,
        }
        if known.state == "WAIT_USER_CONFIRM":
            answer["package_info"] = "affffddafdfafddffda=="
        return 200, answer

    def bill(self, number: str) -> dict[str, Any]:
        if number not in self.transfers:
            raise Refused(404, "NOT_FOUND")
        known = self.transfers[number]
        return {
            "mch_id": wire.MCHID,
            "out_bill_no": number,
            "transfer_bill_no": f"1330{number}",
            "appid": wire.APPID,
            "openid": known.asked["openid"],
            "state": known.state,
            "transfer_amount": known.asked["transfer_amount"],
            "fail_reason": "PAYEE_ACCOUNT_ABNORMAL" if known.state == "FAIL" else "",
            "create_time": "2026-11-22T08:00:00+08:00",
            "update_time": "2026-11-22T08:05:00+08:00",
        }

    def _look_at_transfer(self, number: str, **_: Any) -> tuple[int, dict[str, Any]]:
        return 200, self.bill(number)

    def _cancel_transfer(self, number: str, **_: Any) -> tuple[int, dict[str, Any]]:
        self.bill(number)
        known = self.transfers[number]
        if known.state not in ("WAIT_USER_CONFIRM", "CANCELING"):
            raise Refused(400, "INVALID_REQUEST", "it cannot be taken back any more")
        known.state = "CANCELING"
        return 200, {"out_bill_no": number, "transfer_bill_no": f"1330{number}", "state": "CANCELING"}

    def end_transfer(self, number: str, state: str) -> None:
        """The person confirms, the transfer fails, or its cancellation is through."""
        known = self.transfers[number]
        known.state = state
        self.tell(known.asked["notify_url"], "MCHTRANSFER.BILL.FINISHED", self.bill(number), "mch_payment")

    def _add_receiver(self, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        self.receivers.add(body["account"])
        return 200, {"type": body["type"], "account": body["account"], "relation_type": body["relation_type"]}

    def _by_transaction(self, transaction_id: str) -> Order:
        for order in self.orders.values():
            if order.transaction_id == transaction_id and order.asked["settle_info"]["profit_sharing"]:
                return order
        raise Refused(400, "INVALID_REQUEST", "not an order whose money is shared")

    def _unsplit(self, transaction_id: str) -> int:
        if transaction_id in self.finished:
            return 0
        total = int(self._by_transaction(transaction_id).asked["amount"]["total"])
        done = [one for one in self.sharings.values() if one["transaction_id"] == transaction_id]
        return total - sum(int(part["amount"]) for one in done for part in one["receivers"])

    def _share(self, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        number, transaction_id = body["out_order_no"], body["transaction_id"]
        if number not in self.sharings:
            if any(part["account"] not in self.receivers for part in body["receivers"]):
                raise Refused(400, "PARAM_ERROR", "the receiver is not known")
            if sum(part["amount"] for part in body["receivers"]) > self._unsplit(transaction_id):
                raise Refused(403, "NOT_ENOUGH", "more than is held back")
            parts = [{**part, "result": "PENDING", "detail_id": "36"} for part in body["receivers"]]
            self.sharings[number] = {
                "transaction_id": transaction_id, "out_order_no": number, "order_id": f"30{number}",
                "state": "PROCESSING", "receivers": parts,
            }  # fmt: skip
            if body["unfreeze_unsplit"]:
                self.finished.add(transaction_id)
        return 200, self.sharings[number]

    def end_sharing(self, number: str, result: str = "SUCCESS") -> None:
        sharing = self.sharings[number]
        sharing["state"] = "FINISHED"
        for part in sharing["receivers"]:
            part["result"] = result
            if result == "CLOSED":
                part["fail_reason"] = "ACCOUNT_ABNORMAL"

    def _unfreeze(self, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        rest = self._unsplit(body["transaction_id"])
        self.finished.add(body["transaction_id"])
        part = {
            "type": "MERCHANT_ID",
            "account": wire.MCHID,
            "amount": rest,
            "description": body["description"],
            "result": "SUCCESS",
        }
        done = {
            "transaction_id": body["transaction_id"], "out_order_no": body["out_order_no"],
            "order_id": f"30{body['out_order_no']}", "state": "FINISHED", "receivers": [part],
        }  # fmt: skip
        return 200, self.sharings.setdefault(body["out_order_no"], done)

    def _look_at_sharing(self, number: str, *, query: dict[str, str], **_: Any) -> tuple[int, dict[str, Any]]:
        found = self.sharings.get(number)
        if found is None or found["transaction_id"] != query["transaction_id"]:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        return 200, found

    def _held(self, transaction_id: str, **_: Any) -> tuple[int, dict[str, Any]]:
        return 200, {"transaction_id": transaction_id, "unsplit_amount": self._unsplit(transaction_id)}

    def _take_back(self, *, body: dict[str, Any], **_: Any) -> tuple[int, dict[str, Any]]:
        back = {**body, "return_id": "31", "result": "PROCESSING"}
        return 200, self.returns.setdefault(body["out_return_no"], back)

    def _look_at_return(self, number: str, **_: Any) -> tuple[int, dict[str, Any]]:
        if number not in self.returns:
            raise Refused(404, "RESOURCE_NOT_EXISTS")
        self.returns[number]["result"] = "SUCCESS"
        return 200, self.returns[number]
