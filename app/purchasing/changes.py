"""After a supplier has accepted: the store asks to send fewer, and the supplier says yes or no."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id


class Change(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    purchase_line: UUID
    purchase_order: UUID
    title: str
    quantity: int
    status: str
    words: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None


_COLUMNS = """SELECT change.id, change.purchase_line, line.purchase_order, line.title, change.quantity, change.status,
    change.words, change.asked_by, change.asked_at, change.answered_by, change.answered_at
FROM purchase_change AS change JOIN purchase_line AS line ON line.id = change.purchase_line"""
# Asked for more before the answer came: it is one question.
_ASK = """
INSERT INTO purchase_change (id, purchase_line, quantity, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (purchase_line) WHERE status = 'asked' DO UPDATE SET quantity = purchase_change.quantity + $3
"""


async def ask_for_fewer(purchase_line: UUID, units: int, *, by: str) -> None:
    await tenants.connection().execute(_ASK, new_id(), purchase_line, units, by, now())


async def changes_of(purchase: UUID) -> list[Change]:
    rows = await tenants.connection().fetch(f"{_COLUMNS} WHERE line.purchase_order = $1 ORDER BY asked_at", purchase)
    return [Change(**row) for row in rows]


async def find_change(change: UUID) -> Change:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"{_COLUMNS} WHERE change.id = $1", change)
    if row is None:
        raise NotFound
    return Change(**row)


async def answer_change(change: UUID, *, agreed: bool, words: str, by: str) -> bool:
    """False when it was answered before."""
    done = await tenants.connection().fetchval(
        "UPDATE purchase_change SET status = $2, words = $3, answered_by = $4, answered_at = $5"
        " WHERE id = $1 AND status = 'asked' RETURNING id",
        change, "agreed" if agreed else "declined", words, by, now(),
    )  # fmt: skip
    return done is not None


async def asked_for_fewer(supplier: UUID) -> list[Change]:
    """What a supplier has not answered yet."""
    rows = await tenants.connection().fetch(
        f"{_COLUMNS} JOIN purchase_order AS purchase ON purchase.id = line.purchase_order"
        " WHERE purchase.supplier = $1 AND change.status = 'asked' ORDER BY change.asked_at",
        supplier,
    )
    return [Change(**row) for row in rows]
