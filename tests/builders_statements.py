"""Many captured payments and made refunds of one day, and what a provider would say about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

import tenants
from app.kernel.ids import new_id
from infra.payment.statement_port import StatementLine

DAY = date(2026, 3, 14)
NOON = datetime.combine(DAY, time(12), UTC)
FEE_BPS = 60

ORDER = """
INSERT INTO orders (id, number, status, payment_status, fulfillment_status, currency, locale, goods_amount,
    total_amount, ship_to, access_hash, placed_at, updated_at)
VALUES ($1, $2, 'placed', 'unpaid', 'unfulfilled', 'CNY', 'en', 0, 0, '{}', 'h', $3, $3)
"""
PAYMENTS = """
INSERT INTO payment (id, number, order_id, provider, status, amount, currency, provider_ref, created_at, captured_at,
    updated_at)
SELECT gen_random_uuid(), $2 || '-' || n, $1, 'sandbox', 'captured', 1000 + n, 'CNY', 'ref-' || n, at, at, at
FROM generate_series(1, $3::int) AS n, LATERAL (SELECT $4::timestamptz + n * interval '3 seconds') AS moment (at)
"""
REFUNDS = """
INSERT INTO refund (id, number, payment, order_id, amount, currency, reason, status, created_at, succeeded_at,
    updated_at)
SELECT gen_random_uuid(), number || '-R1', id, order_id, 100, 'CNY', 'merchant', 'succeeded', captured_at,
    captured_at + interval '1 minute', captured_at
FROM payment WHERE order_id = $1 ORDER BY number LIMIT $2
"""
STATED = """
SELECT number, 'payment' AS kind, provider_ref, amount, amount * $2 / 10000 AS fee_amount, currency,
    captured_at AS happened_at FROM payment WHERE order_id = $1
UNION ALL
SELECT number, 'refund', 'ref-' || number, amount, 0, currency, succeeded_at FROM refund WHERE order_id = $1
ORDER BY happened_at, number
"""


async def money_of_a_day(payments: int, refunds: int = 0, *, start: datetime | None = None) -> list[StatementLine]:
    """So many payments and refunds of the bound store, and the lines of an honest statement of them."""
    order, begin = new_id(), start or NOON - timedelta(hours=10)
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(ORDER, order, order.hex[-10:], begin)
        await database.execute(PAYMENTS, order, order.hex[-10:], payments, begin)
        await database.execute(REFUNDS, order, refunds)
        rows = await database.fetch(STATED, order, FEE_BPS)
    return [StatementLine(**dict(row)) for row in rows]


def changed(line: StatementLine, **facts: Any) -> StatementLine:
    return msgspec.structs.replace(line, **facts)


def invented(number: str, **facts: Any) -> StatementLine:
    """A line about money nobody here knows."""
    return changed(StatementLine(number, "payment", "ref", 500, 3, "CNY", NOON), **facts)
