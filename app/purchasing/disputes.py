"""A supplier says that an entry is wrong; the store answers with money or with words, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.exceptions import UniqueViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id


class DisputedAlready(Refusal):
    """One open question about an entry at a time."""

    code = "purchasing.disputed_already"
    status = 409
    message = "This line is disputed already. Wait for the answer."


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted_amount` is by how much the supplier says the entry should be higher, below zero lower."""

    id: UUID
    entry: UUID
    supplier: UUID
    supplier_name: str
    title: str
    purchase_number: str
    entry_amount: int
    currency: str
    order_id: UUID | None
    order_line: UUID | None
    purchase_line: UUID | None
    reason: str
    wanted_amount: int
    status: str
    opened_by: str
    opened_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


_DISPUTES = """
SELECT dispute.id, dispute.entry, entry.supplier, supplier.name AS supplier_name, coalesce(line.title, '') AS title,
    coalesce(purchase.number, '') AS purchase_number, entry.amount AS entry_amount, entry.currency, entry.order_id,
    entry.order_line, entry.purchase_line, dispute.reason, dispute.wanted_amount, dispute.status, dispute.opened_by,
    dispute.opened_at, dispute.answer, dispute.answered_by, dispute.answered_at
FROM supply_dispute AS dispute JOIN supply_entry AS entry ON entry.id = dispute.entry
JOIN supplier ON supplier.id = entry.supplier
LEFT JOIN purchase_line AS line ON line.id = entry.purchase_line
LEFT JOIN purchase_order AS purchase ON purchase.id = line.purchase_order
"""


async def open_dispute(entry: UUID, *, reason: str, wanted_amount: int, by: str) -> UUID:
    """Raises DisputedAlready."""
    dispute = new_id()
    try:
        async with tenants.savepoint():
            await tenants.connection().execute(
                "INSERT INTO supply_dispute (id, entry, reason, wanted_amount, opened_by, opened_at)"
                " VALUES ($1, $2, $3, $4, $5, $6)",
                dispute, entry, reason, wanted_amount, by, now(),
            )  # fmt: skip
    except UniqueViolationError as error:
        raise DisputedAlready from error
    return dispute


async def find_dispute(dispute: UUID, *, lock: bool = False) -> Dispute:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"{_DISPUTES} WHERE dispute.id = $1{' FOR UPDATE OF dispute' if lock else ''}", dispute
    )
    if row is None:
        raise NotFound
    return Dispute(**row)


async def disputes_of(supplier: UUID, *, open_only: bool = False) -> list[Dispute]:
    """Newest first."""
    rows = await tenants.connection().fetch(
        f"{_DISPUTES} WHERE entry.supplier = $1 AND (NOT $2 OR dispute.status = 'open')"
        " ORDER BY dispute.opened_at DESC LIMIT 50",
        supplier, open_only,
    )  # fmt: skip
    return [Dispute(**row) for row in rows]


async def answer_dispute(dispute: UUID, *, answer: str, by: str, adjustment: UUID | None) -> None:
    await tenants.connection().execute(
        "UPDATE supply_dispute SET status = CASE WHEN $4::uuid IS NULL THEN 'refused' ELSE 'accepted' END,"
        " answer = $2, answered_by = $3, adjustment = $4, answered_at = $5 WHERE id = $1 AND status = 'open'",
        dispute, answer, by, adjustment, now(),
    )  # fmt: skip
