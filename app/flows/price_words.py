"""From goods to what is paid, in words: the same in the cart, at checkout, on the order and on its papers.

Helpers inside an open transaction, no journey of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import tenants
from app import orders
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _

CUTS = {"member": N_("Member price"), "campaign": N_("Campaign price"), "coupon": N_("Coupon"), "points": N_("Points")}


def cuts_of(lines: Sequence[orders.Line]) -> dict[str, int]:
    """What each step took off the list price of an order's lines."""
    return {name: -sum(int(line.price_breakdown.get(name, 0)) for line in lines) for name in CUTS}


def named_cuts(amounts: Mapping[str, int], *, level: str = "", code: str = "") -> list[tuple[str, int]]:
    """Only what applies; the level and the coupon are named where they are known."""
    details = {"member": level, "coupon": code}
    return [
        (f"{_(words)} · {details[name]}" if details.get(name) else _(words), amounts[name])
        for name, words in CUTS.items()
        if amounts[name]
    ]


def tax_words(name: str, *, included: bool) -> str:
    name = name or _("Tax")
    return _("%(name)s, included", name=name) if included else name


def wallet_words(last4: str) -> str:
    """A gift card by the end of its code; nothing means store credit."""
    return f"{_('Gift card')} •••• {last4}" if last4 else _("Store credit")


PAID_AT_HOME = """
SELECT coalesce(card.last4, '') AS last4, payment.amount FROM payment
LEFT JOIN gift_card AS card ON payment.provider = 'gift_card' AND card.id::text = payment.provider_ref
WHERE payment.order_id = $1 AND payment.status = 'captured' AND payment.provider IN ('gift_card', 'store_credit')
ORDER BY payment.captured_at, payment.id
"""


async def paid_at_home(order_id: UUID) -> list[tuple[str, int]]:
    """What gift cards and store credit paid of an order, in the order they were taken."""
    rows = await tenants.connection().fetch(PAID_AT_HOME, order_id)
    return [(wallet_words(row["last4"]), row["amount"]) for row in rows]
