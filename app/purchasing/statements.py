"""Statements of suppliers: every entry is in one at most, and each begins where the one before ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.purchasing.batches import next_number


class NothingToState(Refusal):
    """No entry waits for a statement."""

    code = "purchasing.nothing_to_state"
    status = 409
    message = "Nothing has happened since the last statement."


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What went back and what was paid are below zero, so that all of it adds up to the closing amount."""

    id: UUID
    number: str
    supplier: UUID
    supplier_name: str
    starts_at: datetime | None
    ends_at: datetime
    currency: str
    opening_amount: int
    goods_amount: int
    back_amount: int
    adjustment_amount: int
    payment_amount: int
    closing_amount: int
    status: str
    confirmed_by: str
    confirmed_at: datetime | None
    made_by: str
    made_at: datetime


_COLUMNS = ", ".join(
    f"statement.{field.name}" for field in msgspec.structs.fields(Statement) if field.name != "supplier_name"
)
_STATEMENTS = f"""SELECT {_COLUMNS}, supplier.name AS supplier_name FROM supply_statement AS statement
    JOIN supplier ON supplier.id = statement.supplier"""  # noqa: S608 - constants only
_SUMS = """
SELECT count(*) AS entries, coalesce(sum(amount) FILTER (WHERE kind = 'goods'), 0)::bigint AS goods,
    coalesce(sum(amount) FILTER (WHERE kind = 'back'), 0)::bigint AS back,
    coalesce(sum(amount) FILTER (WHERE kind = 'adjustment'), 0)::bigint AS adjustment,
    coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0)::bigint AS payment
FROM supply_entry WHERE supplier = $1 AND statement IS NULL AND at < $2
"""
_LAST = """
SELECT ends_at, closing_amount FROM supply_statement WHERE supplier = $1 ORDER BY ends_at DESC, number DESC LIMIT 1
"""
_ADD = """
INSERT INTO supply_statement (id, number, supplier, starts_at, ends_at, currency, opening_amount, goods_amount,
    back_amount, adjustment_amount, payment_amount, closing_amount, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


async def state(supplier: UUID, until: datetime, *, by: str) -> UUID:
    """A statement of everything before `until` that is in none. The supplier's row is locked. Raises NothingToState."""
    database = tenants.connection()
    sums = await database.fetchrow(_SUMS, supplier, until)
    if not sums or not sums["entries"]:
        raise NothingToState
    last = await database.fetchrow(_LAST, supplier)
    opening = last["closing_amount"] if last else 0
    parts = [sums[name] for name in ("goods", "back", "adjustment", "payment")]
    statement = new_id()
    await database.execute(
        _ADD, statement, await next_number("supply_statement", "SS"), supplier, last["ends_at"] if last else None,
        until, tenants.current().currency, opening, *parts, opening + sum(parts), by, now(),
    )  # fmt: skip
    await database.execute(
        "UPDATE supply_entry SET statement = $3 WHERE supplier = $1 AND statement IS NULL AND at < $2",
        supplier, until, statement,
    )  # fmt: skip
    return statement


async def find_statement(statement: UUID, *, supplier: UUID | None = None) -> Statement:
    """Raises NotFound, also for another supplier's."""
    row = await tenants.connection().fetchrow(
        f"{_STATEMENTS} WHERE statement.id = $1 AND ($2::uuid IS NULL OR statement.supplier = $2)", statement, supplier
    )
    if row is None:
        raise NotFound
    return Statement(**row)


async def statements_of(supplier: UUID, most: int = 24) -> list[Statement]:
    """Newest first."""
    rows = await tenants.connection().fetch(
        f"{_STATEMENTS} WHERE statement.supplier = $1 ORDER BY statement.ends_at DESC, statement.number DESC LIMIT $2",
        supplier, most,
    )  # fmt: skip
    return [Statement(**row) for row in rows]


async def confirm_statement(statement: UUID, *, by: str) -> bool:
    """False when it was confirmed before."""
    done = await tenants.connection().fetchval(
        "UPDATE supply_statement SET status = 'confirmed', confirmed_by = $2, confirmed_at = $3"
        " WHERE id = $1 AND status = 'open' RETURNING id",
        statement, by, now(),
    )  # fmt: skip
    return done is not None


async def waiting_for_statement(before: datetime) -> list[UUID]:
    """Suppliers with entries of an earlier time that no statement names."""
    rows = await tenants.connection().fetch(
        "SELECT DISTINCT supplier FROM supply_entry WHERE statement IS NULL AND at < $1 ORDER BY supplier", before
    )
    return [row["supplier"] for row in rows]
