"""With what a shopper may pay here: the store's enabled accounts at providers that take its currency.

Not a journey but what the pages of checkout and order have in common.
"""

from __future__ import annotations

import tenants
from app import payments
from app.kernel.errors import Refusal
from app.payments import Vendor

ANYTHING = "online"  # what forms said when there was one way to pay


class NothingToPayWith(Refusal):
    """The store has no payment account that takes its currency, or the one asked for is not offered."""

    code = "payments.nothing_to_pay_with"
    status = 409
    message = "The store does not offer this way to pay right now. Choose another one, or write to the store."


async def payment_choices() -> list[Vendor]:
    """In the merchant's order. Call it inside a transaction."""
    currency = tenants.current().currency
    found = [payments.vendor_of(account["provider"]) for account in await payments.active_accounts()]
    return [vendor for vendor in found if vendor and vendor.takes(currency)]


def chosen(choices: list[Vendor], code: str) -> Vendor:
    """The one asked for; the first when nothing was asked, or just to pay online. Raises NothingToPayWith."""
    for vendor in choices:
        if code in ("", ANYTHING, vendor.code):
            return vendor
    raise NothingToPayWith
