"""The provider of the model: one object in memory, so that a hundred thousand steps take minutes.

It keeps the promises of `PaymentProvider` (one payment per number, never more back than was taken), which the contract
tests hold the real adapters to; here it is the one who knows what was really paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from infra.payment.port import (
    Acknowledgment,
    PaymentIntent,
    PaymentNotice,
    PaymentRejected,
    PaymentRequest,
    PaymentState,
    PaymentUnavailable,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
    RefundState,
)


@dataclass
class Bank:
    acknowledgment: Acknowledgment = field(default_factory=Acknowledgment)

    payments: dict[str, PaymentState] = field(default_factory=dict)
    refunds: dict[str, RefundState] = field(default_factory=dict)
    notices: list[PaymentNotice] = field(default_factory=list)
    mood: str = "kind"  # kind, away (did it, but never answers), pending (refunds take time), broke (refunds fail)

    @property
    def kept(self) -> int:
        """What shoppers paid less what went back: the store's money."""
        paid = sum(one.amount for one in self.payments.values() if one.status == "captured")
        return paid - sum(one.amount for one in self.refunds.values() if one.status == "succeeded")

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        number = request.number
        self.payments.setdefault(number, PaymentState(number, f"b-{number}", "pending", request.amount, "CNY"))
        self._answer()
        return PaymentIntent(f"b-{number}", "https://bank.example/pay")

    async def query(self, number: str) -> PaymentState:
        if number not in self.payments:
            raise PaymentUnknown("unknown_number")
        self._answer()
        return self.payments[number]

    async def close(self, number: str) -> PaymentState:
        if number not in self.payments:
            raise PaymentUnknown("unknown_number")
        self._end(number, "canceled")
        self._answer()
        return self.payments[number]

    async def refund(self, request: RefundRequest) -> RefundState:
        known = self.refunds.get(request.number)
        if known is None or known.status == "failed":
            known = self._give_back(request)
        self._answer()
        return known

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        return self.refunds[number]

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        raise NotImplementedError("the model hands its notices over as they are")

    def choose(self, number: str, status: str) -> None:
        """The shopper at the bank's page; every end is told in a notice that may come late, twice or never."""
        self._end(number, status)

    def clear(self) -> list[RefundState]:
        """The refunds that took time come to their end; what the bank tells about them."""
        done = []
        for number, refund in list(self.refunds.items()):
            if refund.status == "pending":
                done.append(self._settle(number, "succeeded"))
        return done

    def _end(self, number: str, status: str) -> None:
        at = self.payments[number]
        if at.status == "pending":
            ended = PaymentState(number, at.provider_ref, status, at.amount, at.currency)  # type: ignore[arg-type]
            self.payments[number] = ended
            self.notices.append(PaymentNotice(f"evt-{len(self.notices)}-{number}", datetime.now().astimezone(), ended))

    def _give_back(self, request: RefundRequest) -> RefundState:
        paid = self.payments[request.payment_number]
        back = sum(
            one.amount
            for one in self.refunds.values()
            if one.payment_number == request.payment_number and one.status != "failed" and one.number != request.number
        )
        if paid.status != "captured" or back + request.amount > paid.amount:
            raise PaymentRejected("refund_exceeds_capture")
        pending = RefundState(request.number, request.payment_number, "pending", request.amount, request.currency)
        self.refunds[request.number] = pending
        if self.mood == "pending":
            return pending
        return self._settle(request.number, "failed" if self.mood == "broke" else "succeeded")

    def _settle(self, number: str, status: str) -> RefundState:
        at = self.refunds[number]
        self.refunds[number] = RefundState(number, at.payment_number, status, at.amount, at.currency)  # type: ignore[arg-type]
        return self.refunds[number]

    def _answer(self) -> None:
        if self.mood == "away":
            raise PaymentUnavailable("no answer")
