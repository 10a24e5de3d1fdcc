"""Reads of money that passes through people's hands: what is expected, and what has to be sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tenants

_EXPECTED = """
SELECT payment.number, payment.provider, payment.status, payment.amount, payment.currency, payment.created_at,
    orders.number AS order_number, orders.ship_to ->> 'recipient' AS recipient, orders.fulfillment_status
FROM payment JOIN orders ON orders.id = payment.order_id
WHERE payment.status IN ('pending', 'authorized') AND payment.provider IN ('bank_transfer', 'cash_on_delivery')
ORDER BY payment.created_at, payment.id LIMIT 200
"""
_OWED = """
SELECT refund.number, refund.amount, refund.currency, refund.created_at, payment.provider,
    orders.number AS order_number, orders.ship_to ->> 'recipient' AS recipient
FROM refund JOIN payment ON payment.id = refund.payment JOIN orders ON orders.id = refund.order_id
WHERE refund.status <> 'succeeded' AND payment.provider IN ('bank_transfer', 'cash_on_delivery')
ORDER BY refund.created_at, refund.id LIMIT 200
"""

Rows = list[Mapping[str, Any]]


async def expected() -> Rows:
    """Transfers and cash somebody promised, the oldest first."""
    return [dict(row) for row in await tenants.connection().fetch(_EXPECTED)]


async def owed() -> Rows:
    """Refunds that wait until a person has sent them."""
    return [dict(row) for row in await tenants.connection().fetch(_OWED)]
