"""Payments nobody outside knows of: a bank transfer, cash at the door. People say what happened; nothing is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from infra.payment.port import (
    Acknowledgment,
    BadSignature,
    PaymentIntent,
    PaymentNotice,
    PaymentRequest,
    PaymentState,
    RefundNotice,
    RefundRequest,
    RefundState,
)


class ManualPayments:
    """Keeps the promises of `PaymentProvider` by waiting: whoever asks hears `pending`, until a person confirms."""

    acknowledgment = Acknowledgment()

    def __init__(self, currency: str) -> None:
        self._currency = currency

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        return PaymentIntent(request.number, request.return_url)

    async def query(self, number: str) -> PaymentState:
        return PaymentState(number, "", "pending", 0, self._currency)

    async def close(self, number: str) -> PaymentState:
        return PaymentState(number, "", "canceled", 0, self._currency)

    async def refund(self, request: RefundRequest) -> RefundState:
        return RefundState(request.number, request.payment_number, "pending", request.amount, request.currency)

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        return RefundState(number, payment_number, "pending", 0, self._currency)

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        raise BadSignature("nobody sends notices about this")
