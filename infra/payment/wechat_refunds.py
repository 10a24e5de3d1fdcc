"""Refunds at WeChat Pay: asked about before they are sent, because one that was closed never wakes up again.

WeChat closes a refund for good when the merchant's balance was too low for a week; a merchant who tries again is told
to take a new number. Ours stays the same for ever, so later attempts get one derived from it (`R1`, `R1@2`), and only
after the attempt before is closed. Source: https://pay.weixin.qq.com/doc/v3/merchant/4013071031.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from infra.payment.own_numbers import OwnNumbers
from infra.payment.port import (
    PaymentRejected,
    PaymentState,
    PaymentUnavailable,
    PaymentUnknown,
    RefundRequest,
    RefundState,
)
from infra.payment.wechat_records import REFUND_STATUSES, Refunded
from infra.payment.wechat_wire import WeChatWire

ROOT = "/v3/refund/domestic/refunds"
ATTEMPTS = 9
AGAIN = "@"


class WeChatRefunds:
    def __init__(self, wire: WeChatWire, numbers: OwnNumbers, notify_url: str) -> None:
        self._wire = wire
        self._numbers = numbers
        self._notify_url = notify_url

    async def refund(self, request: RefundRequest, payment_of: Callable[[str], Awaitable[PaymentState]]) -> RefundState:
        """`payment_of` is asked for what was captured, where the request does not say it."""
        wanted = (request.amount, self._numbers.theirs(request.payment_number))
        for attempt in range(1, ATTEMPTS + 1):
            name = self._name(request.number, attempt)
            known = await self._find(name)
            if known is None:
                total = request.payment_amount or (await payment_of(request.payment_number)).amount
                return self.state(await self._send(request, name, total))
            if (known.amount.refund, known.out_trade_no) != wanted:
                raise PaymentRejected("number_conflict", "another refund has this number")
            if known.status != "CLOSED":
                return self.state(known)
        raise PaymentRejected("REFUND_CLOSED", f"given up {ATTEMPTS} times")

    async def query(self, number: str) -> RefundState:
        latest = await self._find(self._name(number, 1))
        if latest is None:
            raise PaymentUnknown("RESOURCE_NOT_EXISTS", number)
        for attempt in range(2, ATTEMPTS + 1):
            if latest.status != "CLOSED":
                break
            later = await self._find(self._name(number, attempt))
            if later is None:
                break
            latest = later
        return self.state(latest)

    def state(self, found: Refunded) -> RefundState:
        """Raises UnrelatedNotice for a refund that is not ours, PaymentUnavailable for one in an unknown state."""
        status = REFUND_STATUSES.get(found.status or found.refund_status)
        if status is None:
            raise PaymentUnavailable(f"an unknown state {found.status}")
        number = self._numbers.ours(found.out_refund_no.partition(AGAIN)[0])
        payment_number = self._numbers.ours(found.out_trade_no)
        return RefundState(number, payment_number, status, found.amount.refund, found.amount.currency)

    def _name(self, number: str, attempt: int) -> str:
        name = self._numbers.theirs(number)
        return name if attempt == 1 else f"{name}{AGAIN}{attempt}"

    async def _send(self, request: RefundRequest, name: str, total: int) -> Refunded:
        order = {
            "out_trade_no": self._numbers.theirs(request.payment_number),
            "out_refund_no": name,
            "notify_url": self._notify_url,
            "amount": {"refund": request.amount, "total": total, "currency": request.currency},
        }
        sent = _the_same(name, await self._wire.call("POST", ROOT, Refunded, order))
        if sent.out_trade_no != order["out_trade_no"]:
            raise PaymentUnavailable("the answer is about another payment")
        return sent

    async def _find(self, name: str) -> Refunded | None:
        try:
            return _the_same(name, await self._wire.call("GET", f"{ROOT}/{quote(name, safe='')}", Refunded))
        except PaymentUnknown:
            return None


def _the_same(name: str, found: Refunded) -> Refunded:
    if found.out_refund_no != name:
        raise PaymentUnavailable("the answer is about another refund")
    return found
