"""Stripe's webhooks: its library checks the signature; age, mode and whose money it is are checked here.

The library refuses what is too old by its own clock and nothing from the future, so it is told no tolerance at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import stripe

from infra.payment.port import (
    BadSignature,
    PaymentNotice,
    PaymentState,
    PaymentStatus,
    RefundNotice,
    UnrelatedNotice,
    WrongMerchant,
)
from infra.payment.stripe_account import StripeAccount
from infra.payment.stripe_records import MARKER, NUMBER, Charge, Event, Refund, Session, payment_state, refund_state
from infra.signatures import TOLERANCE_S, lowered, require_fresh

SESSIONS: Mapping[str, PaymentStatus | None] = {
    "checkout.session.completed": None,
    "checkout.session.async_payment_succeeded": "captured",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "canceled",
}
REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
CHARGES = frozenset({"charge.refunded"})


def parse(
    account: StripeAccount, headers: Mapping[str, str], body: bytes, now: datetime
) -> PaymentNotice | RefundNotice:
    """Believe it, or raise BadSignature, StaleNotice, WrongMerchant, UnrelatedNotice."""
    _verify(account.webhook_secret, lowered(headers).get("stripe-signature", ""), body, now)
    try:
        event = msgspec.json.decode(body, type=Event)
        if event.account or event.livemode != account.live:
            raise WrongMerchant(event.account or ("live" if event.livemode else "test"))
        return _notice(event, account.marker)
    except msgspec.DecodeError as error:
        raise BadSignature("signed, but not an event") from error


def _verify(secret: str, header: str, body: bytes, now: datetime) -> None:
    try:
        stripe.WebhookSignature.verify_header(body, header, secret)
    except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
        raise BadSignature("the signature does not fit") from error
    moments = [part[2:] for part in header.split(",") if part.startswith("t=")]
    require_fresh(moments[0] if len(moments) == 1 else "", now, TOLERANCE_S)


def _notice(event: Event, marker: str) -> PaymentNotice | RefundNotice:
    at = datetime.fromtimestamp(event.created, UTC)
    raw = event.data.object
    if event.type in SESSIONS:
        session = msgspec.json.decode(raw, type=Session)
        _require_ours(session.metadata, marker)
        return PaymentNotice(event.id, at, payment_state(session, SESSIONS[event.type]))
    if event.type in REFUNDS:
        refund = msgspec.json.decode(raw, type=Refund)
        _require_ours(refund.metadata, marker)
        return RefundNotice(event.id, at, refund_state(refund))
    if event.type in CHARGES:
        return PaymentNotice(event.id, at, _of_charge(msgspec.json.decode(raw, type=Charge), marker))
    raise UnrelatedNotice(event.type)


def _of_charge(charge: Charge, marker: str) -> PaymentState:
    """A charge carries the words of its session; it knows the session's name as little as we know the charge's."""
    _require_ours(charge.metadata, marker)
    number, currency = charge.metadata[NUMBER], charge.currency.upper()
    return PaymentState(number, "", "captured", charge.amount, currency, charge.amount_refunded)


def _require_ours(metadata: Mapping[str, str] | None, marker: str) -> None:
    """Other shops may share the account, and other systems may sell through it."""
    if not metadata or not metadata.get(NUMBER) or metadata.get(MARKER) != marker:
        raise UnrelatedNotice("not a payment of this shop")
