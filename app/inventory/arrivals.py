"""Units on their way to a shelf: expected, received in one or several parts, or called off.

    expect -> receive, again until all is there -> done
       |         |
       +---------+-> call_off        what has not come is not expected any more

A transfer takes its units off one shelf at once; until they are on the other they are on their way like a delivery,
and called off they lie where they came from. What is open of all arrivals at a level is its `incoming`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.inventory.journal import Because, Kind, Moved, move_units, open_levels
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

_COLUMNS = (
    "id, kind, variant, warehouse, origin, expected, received, due_on, status, words, actor, about, created_at,"
    " closed_at"
)
_EXPECT = f"""
WITH coming AS (
    INSERT INTO stock_arrival ({_COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'expected', $8, $9, $10, $11, NULL)
    RETURNING variant, warehouse, expected
)
UPDATE stock_level AS level SET incoming = level.incoming + coming.expected, updated_at = $11
FROM coming WHERE level.variant = coming.variant AND level.warehouse = coming.warehouse
"""  # noqa: S608 - constant names
_SETTLE = """
WITH known AS (
    UPDATE stock_arrival SET received = received + $2, status = $3, closed_at = CASE WHEN $3 = 'expected' THEN NULL
        ELSE $5::timestamptz END
    WHERE id = $1 RETURNING variant, warehouse
)
UPDATE stock_level AS level SET incoming = level.incoming - $4, updated_at = $5
FROM known WHERE level.variant = known.variant AND level.warehouse = known.warehouse
"""


class AlreadyClosed(Refusal):
    """All of it has come, or it was called off."""

    code = "inventory.arrival_closed"
    status = 409
    message = "This delivery has come or was called off already."


class Arrival(msgspec.Struct, frozen=True):
    """So many units of a variant expected in a warehouse; `origin` is where a transfer comes from."""

    id: UUID
    kind: str
    variant: UUID
    warehouse: UUID
    origin: UUID | None
    expected: int
    received: int
    due_on: date | None
    status: str
    words: str
    actor: str
    about: UUID | None
    created_at: datetime
    closed_at: datetime | None

    @property
    def open_units(self) -> int:
        return max(self.expected - self.received, 0) if self.status == "expected" else 0


async def expect(
    variant: UUID, warehouse: UUID, units: int, *, actor: str, due_on: date | None = None, words: str = "",
    about: UUID | None = None, origin: UUID | None = None,
) -> UUID:  # fmt: skip
    """Units will come, from a supplier or from the warehouse `origin`."""
    await open_levels([(variant, warehouse)])
    arrival, kind = new_id(), "transfer" if origin else "delivery"
    values = (variant, warehouse, origin, units, due_on, words, actor, about, now())
    await tenants.connection().execute(_EXPECT, arrival, kind, *values)
    return arrival


async def receive(arrival_id: UUID, units: int, *, actor: str, last: bool = False) -> Arrival:
    """So many have come, perhaps more than were expected; after the last ones nothing more is. Raises AlreadyClosed."""
    known = await _lock(arrival_id)
    over = last or units >= known.open_units
    gone = known.open_units if over else units
    kind: Kind = "transfer" if known.origin else "receipt"
    because = Because(kind, actor, about=known.about or known.id, words=known.words)
    if units:
        await move_units([Moved(known.variant, known.warehouse, units, because)])
    await _settle(known, units, "done" if over else "expected", gone)
    if over and known.origin and units < known.open_units:
        await _return(known, known.open_units - units, actor)
    return await find_arrival(arrival_id)


async def call_off(arrival_id: UUID, *, actor: str) -> Arrival:
    """What has not come is not expected any more; of a transfer it is where it came from. Raises AlreadyClosed."""
    known = await _lock(arrival_id)
    await _settle(known, 0, "canceled", known.open_units)
    if known.origin:
        await _return(known, known.open_units, actor)
    return known


async def transfer(
    variant: UUID, origin: UUID, target: UUID, units: int, *, actor: str, words: str = "", at_once: bool,
    due_on: date | None = None,
) -> UUID:  # fmt: skip
    """Units leave one shelf for another, and are there at once or on their way. Raises PromisedUnits."""
    source = new_id()
    because = Because("transfer", actor, about=source, words=words)
    moves = [Moved(variant, origin, -units, because)]
    if at_once:
        await move_units([*moves, Moved(variant, target, units, because)])
    else:
        await move_units(moves)
        await expect(variant, target, units, actor=actor, due_on=due_on, words=words, about=source, origin=origin)
    return source


async def find_arrival(arrival_id: UUID) -> Arrival:
    """Raises NotFound."""
    return await _find("", arrival_id)


async def arrivals_of(variant: UUID) -> list[Arrival]:
    """What is on its way, the first to come first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM stock_arrival WHERE variant = $1 AND status = 'expected'"  # noqa: S608 - constant names
        " ORDER BY due_on NULLS LAST, id",
        variant,
    )
    return [Arrival(**row) for row in rows]


async def _lock(arrival_id: UUID) -> Arrival:
    known = await _find("FOR UPDATE", arrival_id)
    if known.status != "expected":
        raise AlreadyClosed
    return known


async def _find(lock: str, arrival_id: UUID) -> Arrival:
    row: Any = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM stock_arrival WHERE id = $1 {lock}",  # noqa: S608 - constants
        arrival_id,
    )
    if row is None:
        raise NotFound
    return Arrival(**row)


async def _settle(known: Arrival, units: int, status: str, gone: int) -> None:
    await tenants.connection().execute(_SETTLE, known.id, units, status, gone, now())


async def _return(known: Arrival, units: int, actor: str) -> None:
    if known.origin and units:
        because = Because("transfer", actor, about=known.about, reason="returned")
        await move_units([Moved(known.variant, known.origin, units, because)])
