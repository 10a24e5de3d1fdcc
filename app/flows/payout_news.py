"""What promoters are told by mail about their payouts. A step inside an open transaction, sent after it."""

from __future__ import annotations

import tenants
from app import engagement, payouts, promoters, store
from app.kernel.i18n import current_locale
from app.payouts import Payout
from infra.settings import settings
from tenants import outbox


async def tell(payout: Payout, kind: str, words: str = "") -> None:
    """In the store's language. `kind`: requested, account_changed, confirm, sent, failed, expired, rejected."""
    profile, promoter = await store.read_profile(), await promoters.find(payout.promoter)
    message = await engagement.write_message(
        f"payout.{kind}",
        recipient="promoter",
        address=promoter.email,
        locale=profile.locale,
        facts={
            "store": tenants.current().name, "number": payout.number, "amount": payout.net_amount,
            "currency": payout.currency, "words": _said(words, profile.locale), "zone": profile.time_zone,
            "deadline": _deadline(payout, kind), "url": f"{settings().origin('host')}/payouts/{payout.id}",
        },
        by_mail=bool(settings().smtp_url),
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)


def _said(words: str, locale: str) -> str:
    """A provider's reason as the promoter can read it; what a person wrote stays as it is."""
    token = current_locale.set(locale)
    try:
        return payouts.words.reason(words.strip()).rstrip(".。")
    finally:
        current_locale.reset(token)


def _deadline(payout: Payout, kind: str) -> str:
    at = payout.not_before if kind == "account_changed" else payout.confirm_until if kind == "confirm" else None
    return at.isoformat() if at else ""
