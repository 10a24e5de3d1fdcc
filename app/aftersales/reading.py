"""Requests as everybody else sees them: immutable copies of their rows."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec

import tenants
from app.aftersales.states import CLOSED, Side, Wait
from app.kernel.errors import NotFound


class Aftersale(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    order_id: UUID
    customer: UUID | None
    kind: str
    status: str
    opened_by: str
    reason: str
    words: str
    currency: str
    wanted_amount: int
    offered_amount: int | None
    refunded_amount: int
    decision_words: str
    return_address: str
    label_words: str
    carrier: str
    tracking_number: str
    waits_for: str
    deadline_at: datetime | None
    default_outcome: str
    inspected_at: datetime | None
    exchange_order: UUID | None
    disputed_at: datetime | None
    disputed_by: str
    dispute_words: str
    ruled_at: datetime | None
    ruling: str
    ruling_words: str
    settled_directly: bool
    created_at: datetime
    closed_at: datetime | None

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def is_disputed(self) -> bool:
        """Staff have been asked and have not ruled yet."""
        return self.disputed_at is not None and self.ruled_at is None

    @property
    def clock(self) -> Wait | None:
        """Who has to act until when, and what happens otherwise."""
        return Wait(cast(Side, self.waits_for), self.deadline_at, self.default_outcome) if self.deadline_at else None

    @property
    def missing_amount(self) -> int:
        """What was asked for and is not given back: by this request, or, once it was overtaken, by another way."""
        return 0 if self.settled_directly else max(self.wanted_amount - self.refunded_amount, 0)

    @property
    def is_short(self) -> bool:
        """The money went back and was less than asked for. A shopper who took the store's offer has agreed to less."""
        taken = self.offered_amount is not None and self.offered_amount == self.refunded_amount
        return self.status == "refunded" and self.missing_amount > 0 and not taken

    @property
    def has_offer(self) -> bool:
        """The store offered a sum for keeping the goods, and the shopper has not answered."""
        return self.status == "requested" and self.offered_amount is not None


class Line(msgspec.Struct, frozen=True):
    """Units of one order line as they were asked for."""

    id: UUID
    order_line: UUID
    title: str
    variant_title: str
    image_key: str | None
    variant: UUID
    quantity: int
    worth_amount: int
    exchange_variant: UUID | None
    exchange_title: str | None
    good_quantity: int
    damaged_quantity: int


class Event(msgspec.Struct, frozen=True):
    seq: int
    from_status: str
    to_status: str
    cause: str
    actor: str
    at: datetime


EVENT = tuple(field.name for field in msgspec.structs.fields(Event))
COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Aftersale))
BY_ID = f"SELECT {COLUMNS} FROM aftersale WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM aftersale WHERE id = $1 FOR UPDATE"  # noqa: S608 - constants only
OF_ORDER = f"SELECT {COLUMNS} FROM aftersale WHERE order_id = $1 ORDER BY created_at, id"  # noqa: S608 - constants only
LINES = """
SELECT line.id, line.order_line, sold.title, sold.variant_title, sold.image_key, sold.variant, line.quantity,
    line.worth_amount, line.exchange_variant, wanted.title AS exchange_title, line.good_quantity, line.damaged_quantity
FROM aftersale_line AS line JOIN order_line AS sold ON sold.id = line.order_line
LEFT JOIN variant AS wanted ON wanted.id = line.exchange_variant
WHERE line.aftersale = $1 ORDER BY sold.line_number
"""


async def _one(statement: str, value: UUID) -> Aftersale:
    row = await tenants.connection().fetchrow(statement, value)
    if row is None:
        raise NotFound
    return Aftersale(**row)


async def find(aftersale: UUID) -> Aftersale:
    """Raises NotFound."""
    return await _one(BY_ID, aftersale)


async def lock(aftersale: UUID) -> Aftersale:
    """The request, and nobody else moves it until COMMIT. Lock its order first. Raises NotFound."""
    return await _one(LOCKED, aftersale)


async def of_order(order_id: UUID) -> list[Aftersale]:
    """Every request about this order, the first one first."""
    return [Aftersale(**row) for row in await tenants.connection().fetch(OF_ORDER, order_id)]


async def steps_of_order(order_id: UUID) -> list[tuple[Aftersale, Event]]:
    """Every step of every request about this order, each beside its request."""
    cases = {case.id: case for case in await of_order(order_id)}
    if not cases:
        return []
    rows = await tenants.connection().fetch(
        "SELECT aftersale, seq, from_status, to_status, cause, actor, at FROM aftersale_event"
        " WHERE aftersale = ANY($1::uuid[]) ORDER BY at, seq",
        list(cases),
    )
    return [(cases[row["aftersale"]], Event(**{name: row[name] for name in EVENT})) for row in rows]


async def lines_of(aftersale: UUID) -> list[Line]:
    return [Line(**row) for row in await tenants.connection().fetch(LINES, aftersale)]


async def inspected_units(order_id: UUID) -> dict[UUID, int]:
    """By order line, units that came back and were counted, while their request is not decided yet."""
    rows = await tenants.connection().fetch(
        "SELECT line.order_line, sum(line.good_quantity + line.damaged_quantity)::bigint AS units"
        " FROM aftersale_line AS line JOIN aftersale ON aftersale.id = line.aftersale"
        " WHERE aftersale.order_id = $1 AND aftersale.status = 'inspecting' GROUP BY line.order_line",
        order_id,
    )
    return {row["order_line"]: row["units"] for row in rows}


async def events_of(aftersale: UUID) -> list[Event]:
    """Every step, the first one first."""
    rows = await tenants.connection().fetch(
        "SELECT seq, from_status, to_status, cause, actor, at FROM aftersale_event WHERE aftersale = $1 ORDER BY seq",
        aftersale,
    )
    return [Event(**row) for row in rows]
