"""WeChat Pay's profit sharing (分賬): parts of one payment for merchants or persons, the rest for the store.

Sources, under https://pay.weixin.qq.com/docs/merchant/: products/profit-sharing/apilist.html (share, finish, return,
receivers), apis/profit-sharing/orders/query-order.html (query).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from wechatpayv3.utils import rsa_encrypt

from infra.http import Outside
from infra.payment.own_numbers import OwnNumbers
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.sharing_port import (
    Receiver,
    ReceiverKind,
    Share,
    ShareRequest,
    ShareReturn,
    ShareState,
    ShareStatus,
)
from infra.payment.wechat_account import WeChatAccount
from infra.payment.wechat_wire import WeChatWire

ROOT = "/v3/profitsharing"
MOST_RECEIVERS = 50

TYPES: dict[ReceiverKind, str] = {"merchant": "MERCHANT_ID", "person": "PERSONAL_OPENID"}
KINDS: dict[str, ReceiverKind] = {word: kind for kind, word in TYPES.items()}
RESULTS: dict[str, ShareStatus] = {"PENDING": "pending", "SUCCESS": "succeeded", "CLOSED": "failed"}
RETURN_RESULTS: dict[str, ShareStatus] = {"PROCESSING": "pending", "SUCCESS": "succeeded", "FAILED": "failed"}


class Part(msgspec.Struct):
    type: str
    account: str
    amount: int
    description: str = ""
    result: str = "PENDING"
    fail_reason: str = ""


class Sharing(msgspec.Struct):
    out_order_no: str
    transaction_id: str
    state: str
    order_id: str = ""
    receivers: list[Part] = []


class Returned(msgspec.Struct):
    out_return_no: str
    out_order_no: str
    return_mchid: str
    amount: int
    result: str
    fail_reason: str = ""


class Held(msgspec.Struct):
    transaction_id: str
    unsplit_amount: int


class WeChatSharing:
    """Keeps the promises of `ProfitSharing`; `mark` is that of `OwnNumbers`."""

    def __init__(self, account: WeChatAccount, outside: Outside, *, mark: str = "") -> None:
        self._account = account
        self._numbers = OwnNumbers(mark)
        self._wire = WeChatWire(account, outside)

    async def add_receiver(self, receiver: Receiver) -> None:
        serial, body = (
            "",
            self._appid()
            | {
                "type": TYPES[receiver.kind],
                "account": receiver.account,
                "relation_type": receiver.relation,
            },
        )
        if receiver.name:
            serial, key = self._account.encryption_key()
            body["name"] = rsa_encrypt(receiver.name, key)
        await self._wire.send("POST", f"{ROOT}/receivers/add", body, encrypted_with=serial)

    async def share(self, request: ShareRequest) -> ShareState:
        if not 0 < len(request.shares) <= MOST_RECEIVERS or any(part.amount <= 0 for part in request.shares):
            raise PaymentRejected("bad_shares", "one to fifty shares, each of something")
        body = self._appid() | {
            "transaction_id": request.payment_ref,
            "out_order_no": self._numbers.theirs(request.number),
            "unfreeze_unsplit": request.finish,
            "receivers": [
                {
                    "type": TYPES[part.kind],
                    "account": part.account,
                    "amount": part.amount,
                    "description": part.description[:80],
                }
                for part in request.shares
            ],
        }
        done = await self._wire.call("POST", f"{ROOT}/orders", Sharing, body)
        return self._state(done, request.number, request.payment_ref)

    async def query_share(self, number: str, payment_ref: str) -> ShareState:
        name = quote(self._numbers.theirs(number), safe="")
        path = f"{ROOT}/orders/{name}?transaction_id={quote(payment_ref, safe='')}"
        return self._state(await self._wire.call("GET", path, Sharing), number, payment_ref)

    async def finish(self, number: str, payment_ref: str, description: str) -> ShareState:
        body = {
            "transaction_id": payment_ref,
            "out_order_no": self._numbers.theirs(number),
            "description": description[:80],
        }
        return self._state(await self._wire.call("POST", f"{ROOT}/orders/unfreeze", Sharing, body), number, payment_ref)

    async def unshared_amount(self, payment_ref: str) -> int:
        held = await self._wire.call("GET", f"{ROOT}/transactions/{quote(payment_ref, safe='')}/amounts", Held)
        if held.transaction_id != payment_ref:
            raise PaymentUnavailable("the answer is about another payment")
        return held.unsplit_amount

    async def take_back(self, wanted: ShareReturn, description: str) -> ShareReturn:
        body = {
            "out_order_no": self._numbers.theirs(wanted.share_number),
            "out_return_no": self._numbers.theirs(wanted.number),
            "return_mchid": wanted.account,
            "amount": wanted.amount,
            "description": description[:80],
        }
        back = self._return(await self._wire.call("POST", f"{ROOT}/return-orders", Returned, body), wanted.number)
        if (back.amount, back.account) != (wanted.amount, wanted.account):
            raise PaymentRejected("number_conflict", "another return has this number")
        return back

    async def query_return(self, number: str, share_number: str) -> ShareReturn:
        name, share = (quote(self._numbers.theirs(each), safe="") for each in (number, share_number))
        path = f"{ROOT}/return-orders/{name}?out_order_no={share}"
        return self._return(await self._wire.call("GET", path, Returned), number)

    def _appid(self) -> dict[str, Any]:
        return {"appid": self._account.appid}

    def _state(self, done: Sharing, number: str, payment_ref: str) -> ShareState:
        """What WeChat gives back to the merchant by finishing is listed as a share too."""
        if (done.out_order_no, done.transaction_id) != (self._numbers.theirs(number), payment_ref):
            raise PaymentUnavailable("the answer is about another sharing")
        try:
            shares = tuple(
                Share(
                    KINDS[part.type],
                    part.account,
                    part.amount,
                    part.description,
                    RESULTS[part.result],
                    part.fail_reason,
                )
                for part in done.receivers
            )
        except KeyError as error:
            raise PaymentUnavailable(f"an unknown word {error}") from error
        return ShareState(number, done.order_id, done.state == "FINISHED", shares)

    def _return(self, back: Returned, number: str) -> ShareReturn:
        status = RETURN_RESULTS.get(back.result)
        if back.out_return_no != self._numbers.theirs(number) or status is None:
            raise PaymentUnavailable("the answer is about another return")
        return ShareReturn(
            number, self._numbers.ours(back.out_order_no), back.return_mchid, back.amount, status, back.fail_reason
        )
