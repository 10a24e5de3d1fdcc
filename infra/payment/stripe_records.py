"""Stripe's words, as far as we read them, and what they mean to us.

Amounts: Stripe counts in the smallest unit of a currency, as we do. Of our currencies only JPY has none below the whole
(https://docs.stripe.com/currencies#zero-decimal). TWD is whole in payouts but has two decimals in charges
(https://docs.stripe.com/currencies#special-cases), so our cents go out as they are.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from infra.payment.port import PaymentState, PaymentStatus, RefundState, RefundStatus

NUMBER, PAYMENT_NUMBER, MARKER = "tuanzhou_number", "tuanzhou_payment", "tuanzhou_account"


class Charge(Struct):
    """`refunded` says how much of it went back."""

    id: str
    amount: int
    currency: str
    amount_refunded: int = 0
    metadata: dict[str, str] = {}


class Intent(Struct):
    """What a session became once the shopper tried to pay."""

    id: str
    status: str = ""
    latest_charge: Charge | str | None = None


class Session(Struct):
    """One visit to Stripe's pay page."""

    id: str
    status: str | None
    payment_status: str
    amount_total: int | None
    currency: str | None
    url: str | None = None
    payment_intent: Intent | str | None = None
    metadata: dict[str, str] | None = None


class Refund(Struct):
    """Money on its way back."""

    id: str
    amount: int
    currency: str
    status: str | None
    metadata: dict[str, str] | None = None
    failure_reason: str | None = None


class Page(Struct):
    """A list, newest first."""

    data: list[Refund]
    has_more: bool = False


class EventData(Struct):
    object: msgspec.Raw


class Event(Struct):
    """What a webhook brings. `account` is only named when it is about an account connected to ours."""

    id: str
    type: str
    created: int
    livemode: bool
    data: EventData
    account: str | None = None


def session_status(session: Session) -> PaymentStatus:
    """Paid counts, whatever else is said; a completed session may still wait for the bank."""
    if session.payment_status == "paid":
        return "captured"
    if session.status == "expired":
        return "canceled"
    intent = session.payment_intent
    failed = isinstance(intent, Intent) and intent.status in ("canceled", "requires_payment_method")
    return "failed" if session.status == "complete" and failed else "pending"


def payment_state(session: Session, status: PaymentStatus | None = None) -> PaymentState:
    intent = session.payment_intent
    charge = intent.latest_charge if isinstance(intent, Intent) else None
    return PaymentState(
        number=(session.metadata or {}).get(NUMBER, ""),
        provider_ref=session.id,
        status=status or session_status(session),
        amount=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        refunded_amount=charge.amount_refunded if isinstance(charge, Charge) else 0,
    )


def refund_state(refund: Refund) -> RefundState:
    known = refund.metadata or {}
    statuses: dict[str, RefundStatus] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
    return RefundState(
        number=known.get(NUMBER, ""),
        payment_number=known.get(PAYMENT_NUMBER, ""),
        status=statuses.get(refund.status or "", "pending"),
        amount=refund.amount,
        currency=refund.currency.upper(),
        failure=refund.failure_reason or "",
    )


def is_over(refund: Refund) -> bool:
    """It gave nothing back and never will."""
    return refund.status in ("failed", "canceled")


Form = dict[str, Any]
