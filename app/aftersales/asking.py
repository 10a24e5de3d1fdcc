"""Writing a request down: its number counts the requests of its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class AskedLine:
    """Units of one order line, what they are worth, and for an exchange what is wanted instead."""

    order_line: UUID
    quantity: int
    worth_amount: int
    exchange_variant: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewAftersale:
    order_id: UUID
    order_number: str
    customer: UUID | None
    kind: str
    opened_by: str
    reason: str
    words: str
    currency: str
    wanted_amount: int
    lines: Sequence[AskedLine]


WRITE = """
INSERT INTO aftersale (id, number, order_id, customer, kind, status, opened_by, reason, words, currency, wanted_amount,
    created_at, updated_at)
SELECT $1, $2 || '-A' || (count(*) + 1), $3, $4, $5, 'requested', $6, $7, $8, $9, $10, $11, $11
FROM aftersale WHERE order_id = $3
"""
WRITE_LINE = """
INSERT INTO aftersale_line (id, aftersale, order_line, quantity, worth_amount, exchange_variant)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def write_aftersale(asked: NewAftersale) -> UUID:
    """`T1000123-A1`, with its lines. The caller locked the order, so the count cannot be taken twice."""
    aftersale = new_id()
    await tenants.connection().execute(
        WRITE, aftersale, asked.order_number, asked.order_id, asked.customer, asked.kind, asked.opened_by,
        asked.reason, asked.words, asked.currency, asked.wanted_amount, now(),
    )  # fmt: skip
    await tenants.connection().executemany(
        WRITE_LINE,
        [
            (new_id(), aftersale, line.order_line, line.quantity, line.worth_amount, line.exchange_variant)
            for line in asked.lines
        ],
    )
    return aftersale
