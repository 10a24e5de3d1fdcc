"""Promising stock: held for an unpaid order, from one warehouse or several. What becomes of it: see `promised`.

Levels are always touched in the order of their variants: two orders never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from asyncpg.exceptions import NotNullViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id


class NotEnoughStock(Refusal):
    """More was asked for than is left to promise."""

    code = "inventory.not_enough_stock"
    status = 409
    message = "Only %(left)s left of %(title)s. Nothing was charged."

    def __init__(self, *, variant: UUID, title: str, asked: int, left: int) -> None:
        super().__init__(variant=variant, title=title, asked=asked, left=left)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order that needs stock; `title` is what a refusal calls it.

    Of a `borrower` what was lent to it is taken first, if that is enough for the whole line; with `only_lent` nothing
    else is.
    """

    order_line: UUID
    variant: UUID
    quantity: int
    title: str
    borrower: UUID | None = None
    only_lent: bool = False


# What of a level can still be promised, and from which levels at all: a paused warehouse promises nothing.
FREE = "(on_hand - reserved - allocated - safety)"
PROMISING = "warehouse NOT IN (SELECT id FROM warehouse WHERE status <> 'active')"
# The level is chosen by what was left when the statement began, taken only if it is still so when its row is ours.
TAKE_LEVEL = f"""
    UPDATE stock_level SET reserved = reserved + $2, updated_at = $3
    WHERE id = (
        SELECT id FROM stock_level
        WHERE variant = $1 AND ({FREE} >= $2 OR oversell OR NOT tracked) AND {PROMISING}
        ORDER BY {FREE} DESC, id LIMIT 1
    ) AND ({FREE} >= $2 OR oversell OR NOT tracked)
"""  # noqa: S608 - constants
INSERT = """
INSERT INTO reservation (id, order_id, order_line, variant, warehouse, quantity, status, expires_at, created_at"""
TAKEN = f"WITH taken AS ({TAKE_LEVEL} RETURNING warehouse) {INSERT})"
TAKE = f"{TAKEN} SELECT $4, $5, $6, $1, taken.warehouse, $2, 'held', $7, $3 FROM taken RETURNING warehouse"  # noqa: S608 - constants
# Nobody counts what the last words of a transaction took. So where nothing is taken there is no warehouse either, and
# the column refuses the reservation.
TAKE_OR_FAIL = f"{TAKEN} SELECT $4, $5, $6, $1, (SELECT warehouse FROM taken), $2, 'held', $7, $3"  # noqa: S608 - constants
# The same for a borrower: from its loan, whose units are reserved already, or else from the level like everybody.
LENT = f"""
WITH lent AS (
    UPDATE stock_loan SET left_over = left_over - $2
    WHERE source_id = $8 AND variant = $1 AND status = 'open' AND left_over >= $2 AND {PROMISING}
    RETURNING id, warehouse
), taken AS ({TAKE_LEVEL} AND NOT EXISTS (SELECT 1 FROM lent) RETURNING warehouse), place AS (
    SELECT coalesce((SELECT warehouse FROM lent), (SELECT warehouse FROM taken)) AS warehouse
)
{INSERT}, loan) SELECT $4, $5, $6, $1, warehouse, $2, 'held', $7, $3, (SELECT id FROM lent) FROM place
"""  # noqa: S608 - constants
TAKE_LENT_OR_FAIL = LENT
TAKE_LENT = f"{LENT} WHERE warehouse IS NOT NULL RETURNING warehouse"
# For a borrower that may not take from the common stock.
LENT_ONLY = f"""
WITH lent AS (
    UPDATE stock_loan SET left_over = left_over - $2
    WHERE source_id = $8 AND variant = $1 AND status = 'open' AND left_over >= $2 AND {PROMISING}
    RETURNING id, warehouse
), place AS (SELECT (SELECT warehouse FROM lent) AS warehouse)
{INSERT}, loan) SELECT $4, $5, $6, $1, warehouse, $2, 'held', $7, $3, (SELECT id FROM lent) FROM place
"""  # noqa: S608 - constants
TAKE_LENT_ONLY = f"{LENT_ONLY} WHERE warehouse IS NOT NULL RETURNING warehouse"
LENT_LEFT = f"""
SELECT coalesce(max(left_over), 0) FROM stock_loan
WHERE source_id = $2 AND variant = $1 AND status = 'open' AND {PROMISING}
"""  # noqa: S608 - constants
# No warehouse has enough: from the fullest shelves first, all or nothing. $4 has an identity for every part.
SPLIT = f"""
WITH levels AS (
    SELECT id, warehouse, {FREE} AS units FROM stock_level
    WHERE variant = $1 AND {FREE} > 0 AND {PROMISING} ORDER BY variant, warehouse FOR UPDATE
), shelves AS (
    SELECT id, warehouse, units, row_number() OVER fullest AS place, sum(units) OVER fullest - units AS before
    FROM levels WINDOW fullest AS (ORDER BY units DESC, warehouse)
), shares AS (
    SELECT id, warehouse, place, least(units, $2 - before) AS units FROM shelves
    WHERE before < $2 AND place <= cardinality($4::uuid[])
), taken AS (
    UPDATE stock_level AS level SET reserved = level.reserved + shares.units, updated_at = $3
    FROM shares WHERE level.id = shares.id AND (SELECT sum(units) FROM shares) = $2
    RETURNING level.warehouse, shares.place, shares.units
)
{INSERT}) SELECT ($4::uuid[])[place], $5, $6, $1, warehouse, units, 'held', $7, $3 FROM taken RETURNING warehouse
"""  # noqa: S608 - constants
MOST_PARTS = 64
# All loans before all levels, so that nobody waits in a circle.
LOCK_LOAN = "SELECT id FROM stock_loan WHERE source_id = $1 FOR UPDATE"
# Two lines of one variant may find two warehouses, in any order: they lock all of its levels first, in theirs.
LOCK_LEVELS = "SELECT id FROM stock_level WHERE variant = $1 ORDER BY warehouse FOR UPDATE"
MOST_LEFT = f"""
SELECT coalesce(max({FREE}), 0) AS left_over FROM stock_level WHERE variant = $1 AND {PROMISING}
"""  # noqa: S608 - constants
LEFT = f"""
SELECT greatest(
    (SELECT coalesce(sum(units), 0) FROM (SELECT {FREE} AS units FROM stock_level
        WHERE variant = $1 AND {FREE} > 0 AND {PROMISING} ORDER BY 1 DESC LIMIT $2) AS shelves),
    (SELECT coalesce(max(left_over), 0) FROM stock_loan
        WHERE source_id = $3 AND variant = $1 AND status = 'open' AND {PROMISING})
)::bigint
"""  # noqa: S608 - constants


async def reserve(order_id: UUID, wanted: Iterable[Wanted], *, expires_at: datetime) -> None:
    """Hold stock for every line, or refuse the whole order by NotEnoughStock.

    Each line comes from one warehouse, or from several if none has enough; in the order of the variants. Call it last
    before COMMIT: the rows of a hot variant are locked from here to there.
    """
    lines = _in_order(wanted)
    for statement, values in _locks(lines):
        await tenants.connection().execute(statement, *values)
    for line in lines:
        while not await _take(order_id, line, expires_at) and not await _split(order_id, line, expires_at):
            left = await _left(line)
            if left < line.quantity:
                raise NotEnoughStock(variant=line.variant, title=line.title, asked=line.quantity, left=left)


def reserve_at_commit(order_id: UUID, wanted: Iterable[Wanted], *, expires_at: datetime) -> None:
    """The same in one message with COMMIT, each line from one warehouse: a hot variant is locked for the shortest time.

    When something is not there in one place, the end of the transaction raises an error that `is_too_little` knows,
    and nothing of the transaction is kept.
    """
    at, lines = now(), _in_order(wanted)
    tenants.commit_with(*_locks(lines), *(_taking(order_id, line, at, expires_at) for line in lines))


def is_too_little(error: NotNullViolationError) -> bool:
    return (error.table_name, error.column_name) == ("reservation", "warehouse")


def _in_order(wanted: Iterable[Wanted]) -> list[Wanted]:
    return sorted(wanted, key=lambda line: line.variant)


def _locks(lines: Sequence[Wanted]) -> list[tuple[str, tuple[UUID]]]:
    borrowers = sorted({line.borrower for line in lines if line.borrower})
    twice = sorted({line.variant for line, after in pairwise(lines) if line.variant == after.variant})
    return [(LOCK_LOAN, (each,)) for each in borrowers] + [(LOCK_LEVELS, (each,)) for each in twice]


Values = tuple[UUID | int | datetime, ...]


def _values(order_id: UUID, line: Wanted, at: datetime, expires_at: datetime) -> Values:
    values = (line.variant, line.quantity, at, new_id(), order_id, line.order_line, expires_at)
    return (*values, line.borrower) if line.borrower else values


def _taking(order_id: UUID, line: Wanted, at: datetime, expires_at: datetime) -> tuple[str, Values]:
    lent = LENT_ONLY if line.only_lent else TAKE_LENT_OR_FAIL
    statement = lent if line.borrower else TAKE_OR_FAIL
    return statement, _values(order_id, line, at, expires_at)


async def _take(order_id: UUID, line: Wanted, expires_at: datetime) -> bool:
    lent = TAKE_LENT_ONLY if line.only_lent else TAKE_LENT
    statement = lent if line.borrower else TAKE
    values = _values(order_id, line, now(), expires_at)
    return await tenants.connection().fetchval(statement, *values) is not None


async def _left(line: Wanted) -> int:
    """The most there is of it for whoever asks, once it was not enough."""
    database = tenants.connection()
    left: int = (
        await database.fetchval(LENT_LEFT, line.variant, line.borrower)
        if line.only_lent
        else await database.fetchval(LEFT, line.variant, MOST_PARTS, line.borrower)
    )
    return left


async def _split(order_id: UUID, line: Wanted, expires_at: datetime) -> bool:
    if line.only_lent:
        return False
    parts = [new_id() for _part in range(min(line.quantity, MOST_PARTS))]
    rows = await tenants.connection().fetch(
        SPLIT, line.variant, line.quantity, now(), parts, order_id, line.order_line, expires_at
    )
    return bool(rows)
