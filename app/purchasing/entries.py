"""What a supplier is owed, entry by entry: goods that were sent or received, what went back, corrections, payments.

The entries of a supplier add up to its account in the books. Whoever writes them has locked the supplier's row, so that
nothing is owed or paid twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor
from app.purchasing.batches import next_number

PER_PAGE = 50
Kind = Literal["goods", "back", "adjustment", "payment"]


class MoreThanDue(Refusal):
    """Only what is due and not disputed can be paid."""

    code = "purchasing.more_than_due"
    status = 409
    message = "This is more than is due. What is not due yet, or is disputed, waits."


class PaidBefore(Refusal):
    """A transfer is written down once."""

    code = "purchasing.paid_before"
    status = 409
    message = "A payment with this reference is written down already."


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """Units of one order line that are owed, or taken back, together."""

    purchase_line: UUID
    order_id: UUID
    order_line: UUID
    ids: list[UUID]
    cost_amount: int
    done_at: datetime

    @property
    def amount(self) -> int:
        return self.cost_amount * len(self.ids)


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    amount: int
    due_at: datetime
    units: int = 0
    words: str = ""
    purchase_line: UUID | None = None
    order_id: UUID | None = None
    order_line: UUID | None = None
    payment: UUID | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """`dispute` is the state of the last dispute about it, "" when there was none."""

    id: UUID
    supplier: UUID
    kind: Kind
    amount: int
    currency: str
    units: int
    words: str
    at: datetime
    due_at: datetime
    statement: UUID | None
    order_id: UUID | None
    title: str
    purchase_number: str
    payment_number: str
    dispute: str


class Standing(msgspec.Struct, frozen=True):
    """`owed` in all, `due` of it now, `disputed` waits for an answer."""

    owed: int
    due: int
    disputed: int


_ENTRIES = """
SELECT entry.id, entry.supplier, entry.kind, entry.amount, entry.currency, entry.units, entry.words, entry.at,
    entry.due_at, entry.statement, entry.order_id, coalesce(line.title, '') AS title,
    coalesce(purchase.number, '') AS purchase_number, coalesce(paid.number, '') AS payment_number,
    coalesce((SELECT status FROM supply_dispute WHERE supply_dispute.entry = entry.id
        ORDER BY opened_at DESC LIMIT 1), '') AS dispute
FROM supply_entry AS entry LEFT JOIN purchase_line AS line ON line.id = entry.purchase_line
LEFT JOIN purchase_order AS purchase ON purchase.id = line.purchase_order
LEFT JOIN supply_payment AS paid ON paid.id = entry.payment
"""
# Sent or received, accepted, and not owed yet.
_TO_OWE = """
SELECT unit.purchase_line, unit.order_id, unit.order_line, array_agg(unit.id ORDER BY unit.unit) AS ids,
    line.cost_amount, max(unit.done_at) AS done_at
FROM supply_unit AS unit JOIN purchase_line AS line ON line.id = unit.purchase_line
JOIN purchase_order AS purchase ON purchase.id = line.purchase_order AND purchase.supplier = $1
WHERE unit.done_at IS NOT NULL AND unit.entry IS NULL AND purchase.status IN ('accepted', 'closed')
GROUP BY unit.purchase_line, unit.order_id, unit.order_line, line.cost_amount
ORDER BY unit.order_line, unit.purchase_line
"""
# Of goods the supplier sent itself: more units are owed than the shopper keeps.
_TO_TAKE_BACK = """
SELECT owed.purchase_line, owed.order_id, owed.order_line, array_agg(owed.id ORDER BY owed.unit) AS ids,
    owed.cost_amount, max(owed.due_at) AS done_at
FROM (
    SELECT unit.id, unit.unit, unit.purchase_line, unit.order_id, unit.order_line, line.cost_amount, entry.due_at,
        row_number() OVER (PARTITION BY unit.order_line ORDER BY unit.unit) AS place,
        sold.quantity - (SELECT coalesce(sum(part.quantity), 0) FROM refund_line AS part
            JOIN refund ON refund.id = part.refund AND refund.status = 'succeeded'
            WHERE part.order_line = unit.order_line) AS kept
    FROM supply_unit AS unit JOIN purchase_line AS line ON line.id = unit.purchase_line AND line.drop_ship
    JOIN purchase_order AS purchase ON purchase.id = line.purchase_order AND purchase.supplier = $1
    JOIN order_line AS sold ON sold.id = unit.order_line
    JOIN supply_entry AS entry ON entry.id = unit.entry
    WHERE unit.back_entry IS NULL AND EXISTS (SELECT 1 FROM refund_line AS gone
        WHERE gone.order_line = unit.order_line AND gone.quantity > 0)
) AS owed WHERE owed.place > greatest(owed.kept, 0)
GROUP BY owed.purchase_line, owed.order_id, owed.order_line, owed.cost_amount
ORDER BY owed.order_line, owed.purchase_line
"""
_LAST_OWED = """
SELECT chosen.purchase_line, chosen.order_id, chosen.order_line, array_agg(chosen.id) AS ids, chosen.cost_amount,
    max(chosen.due_at) AS done_at
FROM (SELECT unit.id, unit.purchase_line, unit.order_id, unit.order_line, line.cost_amount, entry.due_at
    FROM supply_unit AS unit JOIN purchase_line AS line ON line.id = unit.purchase_line
    JOIN supply_entry AS entry ON entry.id = unit.entry
    WHERE unit.purchase_line = $1 AND unit.back_entry IS NULL ORDER BY unit.done_at DESC, unit.id LIMIT $2) AS chosen
GROUP BY chosen.purchase_line, chosen.order_id, chosen.order_line, chosen.cost_amount ORDER BY chosen.order_line
"""
_ADD = """
INSERT INTO supply_entry (id, supplier, kind, purchase_line, order_id, order_line, payment, units, amount, currency,
    words, at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
_STANDING = """
SELECT coalesce(sum(entry.amount), 0)::bigint AS owed,
    coalesce(sum(entry.amount) FILTER (WHERE entry.due_at <= $2 AND NOT (entry.amount > 0 AND asked.id IS NOT NULL)),
        0)::bigint AS due,
    coalesce(sum(entry.amount) FILTER (WHERE asked.id IS NOT NULL), 0)::bigint AS disputed
FROM supply_entry AS entry
LEFT JOIN supply_dispute AS asked ON asked.entry = entry.id AND asked.status = 'open'
WHERE entry.supplier = $1
"""


async def to_owe(supplier: UUID) -> list[Owed]:
    return [Owed(**row) for row in await tenants.connection().fetch(_TO_OWE, supplier)]


async def to_take_back(supplier: UUID) -> list[Owed]:
    """`done_at` says when what is taken back is due."""
    return [Owed(**row) for row in await tenants.connection().fetch(_TO_TAKE_BACK, supplier)]


async def last_owed(purchase_line: UUID, units: int) -> list[Owed]:
    """The newest units of a line that are owed; `done_at` says when they are due."""
    return [Owed(**row) for row in await tenants.connection().fetch(_LAST_OWED, purchase_line, units)]


async def add_entry(supplier: UUID, entry: NewEntry) -> UUID:
    known = new_id()
    await tenants.connection().execute(
        _ADD, known, supplier, entry.kind, entry.purchase_line, entry.order_id, entry.order_line, entry.payment,
        entry.units, entry.amount, tenants.current().currency, entry.words, now(), entry.due_at,
    )  # fmt: skip
    return known


async def mark_owed(units: Sequence[UUID], entry: UUID) -> None:
    await tenants.connection().execute("UPDATE supply_unit SET entry = $2 WHERE id = ANY($1::uuid[])", units, entry)


async def mark_back(units: Sequence[UUID], entry: UUID) -> None:
    await tenants.connection().execute(
        "UPDATE supply_unit SET back_entry = $2 WHERE id = ANY($1::uuid[])", units, entry
    )


async def standing_of(supplier: UUID) -> Standing:
    row = await tenants.connection().fetchrow(_STANDING, supplier, now())
    return Standing(**row) if row else Standing(0, 0, 0)


async def entries_of(supplier: UUID, after: str = "", *, statement: UUID | None = None) -> Page[Entry]:
    """Newest first; of one statement, or of all time."""
    place = decode_cursor(after, datetime, UUID)
    rows = await tenants.connection().fetch(
        f"{_ENTRIES} WHERE entry.supplier = $1 AND ($2::uuid IS NULL OR entry.statement = $2)"
        " AND ($3::timestamptz IS NULL OR (entry.at, entry.id) < ($3, $4::uuid))"
        " ORDER BY entry.at DESC, entry.id DESC LIMIT $5",
        supplier, statement, *(place or (None, None)), PER_PAGE + 1,
    )  # fmt: skip
    return cut([Entry(**row) for row in rows], PER_PAGE, lambda one: (one.at, one.id), started=bool(place))


async def entries_in(statement: UUID) -> list[Entry]:
    """All of one statement, the oldest first."""
    rows = await tenants.connection().fetch(
        f"{_ENTRIES} WHERE entry.statement = $1 ORDER BY entry.at, entry.id", statement
    )
    return [Entry(**row) for row in rows]


async def find_entry(entry: UUID, *, supplier: UUID | None = None) -> Entry | None:
    row = await tenants.connection().fetchrow(
        f"{_ENTRIES} WHERE entry.id = $1 AND ($2::uuid IS NULL OR entry.supplier = $2)", entry, supplier
    )
    return Entry(**row) if row else None


async def write_payment(supplier: UUID, amount: int, *, reference: str, paid_on: date, by: str) -> tuple[UUID, str]:
    """Id and number of a new payment. Raises PaidBefore, MoreThanDue, InvalidInput; the supplier's row is locked."""
    if not reference:
        raise InvalidInput({"reference": N_("Give the reference of the transfer.")})
    known = await tenants.connection().fetchval(
        "SELECT 1 FROM supply_payment WHERE supplier = $1 AND reference = $2", supplier, reference
    )
    if known:
        raise PaidBefore
    if not 0 < amount <= (await standing_of(supplier)).due:
        raise MoreThanDue
    payment, number = new_id(), await next_number("supply_payment", "SP")
    await tenants.connection().execute(
        "INSERT INTO supply_payment (id, number, supplier, amount, currency, reference, paid_on, made_by, made_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        payment, number, supplier, amount, tenants.current().currency, reference, paid_on, by, now(),
    )  # fmt: skip
    return payment, number
