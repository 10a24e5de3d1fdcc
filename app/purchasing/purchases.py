"""Purchase orders: sent to a supplier, answered once, closed when everything was shipped or received.

    sent -> accepted -> closed
      |  +-> refused
      +-> canceled   (nothing of it is wanted any more)

A version that was not seen cannot be accepted: whoever answers says which version they answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor
from app.purchasing.batches import next_number
from app.purchasing.units import Need

PER_PAGE = 50
STATUSES = ("sent", "accepted", "refused", "canceled", "closed")


class PurchaseChanged(Refusal):
    """It says something else by now."""

    code = "purchasing.changed"
    status = 409
    message = "This purchase order has changed in the meantime. Look at the new version first."


class AlreadyAnswered(Refusal):
    """It was accepted, refused or called off before."""

    code = "purchasing.already_answered"
    status = 409
    message = "This purchase order was answered already."


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """`total_amount` is what all that was asked for costs, once answered what was accepted costs."""

    id: UUID
    number: str
    supplier: UUID
    supplier_name: str
    minimum_amount: int
    batch: UUID
    batch_number: str
    supplements: UUID | None
    version: int
    status: str
    currency: str
    total_amount: int
    words: str
    sent_at: datetime
    answered_at: datetime | None
    answered_by: str

    @property
    def is_small(self) -> bool:
        """Below what the supplier wants at least."""
        return self.status == "sent" and not self.supplements and self.total_amount < self.minimum_amount


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`done` of its units were shipped or received, `asked_back` are waiting for the supplier's word."""

    id: UUID
    purchase_order: UUID
    variant: UUID
    title: str
    sku: str
    supplier_sku: str
    drop_ship: bool
    cost_amount: int
    quantity: int
    accepted_quantity: int | None
    done: int
    asked_back: int

    @property
    def due(self) -> int:
        """What the supplier agreed to, or is asked for."""
        return self.quantity if self.accepted_quantity is None else self.accepted_quantity

    @property
    def amount(self) -> int:
        return self.due * self.cost_amount

    @property
    def missing(self) -> int:
        return max(0, (self.accepted_quantity or 0) - self.done)


_PURCHASES = """
SELECT purchase.id, purchase.number, purchase.supplier, supplier.name AS supplier_name, supplier.minimum_amount,
    purchase.batch, batch.number AS batch_number, purchase.supplements, purchase.version, purchase.status,
    purchase.currency, purchase.total_amount, purchase.words, purchase.sent_at, purchase.answered_at,
    purchase.answered_by
FROM purchase_order AS purchase JOIN supplier ON supplier.id = purchase.supplier
JOIN supply_batch AS batch ON batch.id = purchase.batch
"""
_LIST = f"""{_PURCHASES} WHERE ($1::uuid IS NULL OR purchase.supplier = $1) AND ($2 = '' OR purchase.status = $2)
    AND ($3::timestamptz IS NULL OR (purchase.sent_at, purchase.id) < ($3, $4::uuid))
    ORDER BY purchase.sent_at DESC, purchase.id DESC LIMIT $5"""
_LINES_WHERE = """
SELECT line.id, line.purchase_order, line.variant, line.title, line.sku, line.supplier_sku, line.drop_ship,
    line.cost_amount, line.quantity, line.accepted_quantity,
    count(unit.id) FILTER (WHERE unit.done_at IS NOT NULL) AS done,
    count(unit.id) FILTER (WHERE unit.asked_back AND unit.done_at IS NULL) AS asked_back
FROM purchase_line AS line LEFT JOIN supply_unit AS unit ON unit.purchase_line = line.id
WHERE {which} GROUP BY line.id ORDER BY line.title, line.id
"""
_LINES = _LINES_WHERE.format(which="line.purchase_order = ANY($1::uuid[])")
_LINE_ALONE = _LINES_WHERE.format(which="line.id = $1")
# What is asked for follows from the units; a line that lost all of them says zero and keeps its place.
_COUNT = """
UPDATE purchase_line AS line SET quantity = (SELECT count(*) FROM supply_unit WHERE purchase_line = line.id)
WHERE line.purchase_order = $1
"""
_TOTAL = """
UPDATE purchase_order SET total_amount = (SELECT coalesce(sum(cost_amount * coalesce(accepted_quantity, quantity)), 0)
    FROM purchase_line WHERE purchase_order = $1), updated_at = $2 WHERE id = $1
"""
_LINE = """
INSERT INTO purchase_line (id, purchase_order, variant, title, sku, supplier_sku, drop_ship, cost_amount, quantity)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
ON CONFLICT (purchase_order, variant, drop_ship) DO UPDATE SET title = purchase_line.title RETURNING id
"""


async def send(supplier: UUID, batch: UUID, *, supplements: UUID | None = None) -> UUID:
    """A new purchase order without lines yet."""
    purchase, moment = new_id(), now()
    await tenants.connection().execute(
        "INSERT INTO purchase_order (id, number, supplier, batch, supplements, currency, sent_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        purchase, await next_number("purchase_order", "PO"), supplier, batch, supplements,
        tenants.current().currency, moment,
    )  # fmt: skip
    return purchase


async def line_for(purchase: UUID, need: Need, cost_amount: int) -> UUID:
    """The line of these goods; one that is there keeps its cost."""
    found: UUID = await tenants.connection().fetchval(
        _LINE, new_id(), purchase, need.variant, need.title, need.sku, need.supplier_sku, need.drop_ship, cost_amount
    )
    return found


async def count_up(purchase: UUID) -> int:
    """Lines and total follow the units; answers how many are asked for."""
    await tenants.connection().execute(_COUNT, purchase)
    await total_up(purchase)
    units: int = await tenants.connection().fetchval(
        "SELECT coalesce(sum(quantity), 0)::bigint FROM purchase_line WHERE purchase_order = $1", purchase
    )
    return units


async def total_up(purchase: UUID) -> None:
    await tenants.connection().execute(_TOTAL, purchase, now())


async def next_version(purchase: UUID) -> int:
    version: int = await tenants.connection().fetchval(
        "UPDATE purchase_order SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING version",
        purchase, now(),
    )  # fmt: skip
    return version


async def find_purchase(purchase: UUID, *, supplier: UUID | None = None, lock: bool = False) -> Purchase:
    """Raises NotFound, also for another supplier's."""
    row = await tenants.connection().fetchrow(
        f"{_PURCHASES} WHERE purchase.id = $1 AND ($2::uuid IS NULL OR purchase.supplier = $2)"
        f"{' FOR NO KEY UPDATE OF purchase' if lock else ''}",
        purchase, supplier,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return Purchase(**row)


async def purchases(*, supplier: UUID | None = None, status: str = "", after: str = "") -> Page[Purchase]:
    """Newest first."""
    place = decode_cursor(after, datetime, UUID)
    rows = await tenants.connection().fetch(_LIST, supplier, status, *(place or (None, None)), PER_PAGE + 1)
    return cut([Purchase(**row) for row in rows], PER_PAGE, lambda one: (one.sent_at, one.id), started=bool(place))


async def purchases_of(batch: UUID, *, lock: bool = False) -> list[Purchase]:
    rows = await tenants.connection().fetch(
        f"{_PURCHASES} WHERE purchase.batch = $1 ORDER BY purchase.number"
        f"{' FOR NO KEY UPDATE OF purchase' if lock else ''}",
        batch,
    )
    return [Purchase(**row) for row in rows]


async def counts_by_status(supplier: UUID | None = None) -> dict[str, int]:
    rows = await tenants.connection().fetch(
        "SELECT status, count(*) AS many FROM purchase_order WHERE $1::uuid IS NULL OR supplier = $1 GROUP BY status",
        supplier,
    )
    return {row["status"]: row["many"] for row in rows}


async def lines_of(*of: UUID) -> list[Line]:
    return [Line(**row) for row in await tenants.connection().fetch(_LINES, list(of))]


async def find_line(line: UUID) -> Line:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(_LINE_ALONE, line)
    if row is None:
        raise NotFound
    return Line(**row)


async def accept_lines(accepted: Sequence[tuple[UUID, int]]) -> None:
    await tenants.connection().executemany("UPDATE purchase_line SET accepted_quantity = $2 WHERE id = $1", accepted)


async def accept_fewer(line: UUID, units: int) -> None:
    """The supplier agreed to send fewer, or some are known not to come."""
    await tenants.connection().execute(
        "UPDATE purchase_line SET accepted_quantity = accepted_quantity - $2 WHERE id = $1", line, units
    )


async def answer(purchase: UUID, status: str, *, words: str, by: str) -> None:
    await tenants.connection().execute(
        "UPDATE purchase_order SET status = $2, words = $3, answered_by = $4, answered_at = $5, updated_at = $5"
        " WHERE id = $1",
        purchase, status, words, by, now(),
    )  # fmt: skip


async def cancel(purchase: UUID) -> None:
    """Nothing of it is wanted any more."""
    await tenants.connection().execute(
        "UPDATE purchase_order SET status = 'canceled', updated_at = $2 WHERE id = $1 AND status = 'sent'",
        purchase, now(),
    )  # fmt: skip


async def close_done(purchase: UUID) -> bool:
    """Close it when everything that was accepted is done."""
    done = await tenants.connection().fetchval(
        "UPDATE purchase_order SET status = 'closed', updated_at = $2 WHERE id = $1 AND status = 'accepted'"
        " AND NOT EXISTS (SELECT 1 FROM supply_unit JOIN purchase_line AS line ON line.id = supply_unit.purchase_line"
        "  WHERE line.purchase_order = $1 AND supply_unit.done_at IS NULL) RETURNING id",
        purchase, now(),
    )  # fmt: skip
    return done is not None


async def purchases_done(supplier: UUID) -> list[UUID]:
    """Accepted, and every unit of it sent or received."""
    rows = await tenants.connection().fetch(
        "SELECT id FROM purchase_order AS purchase WHERE supplier = $1 AND status = 'accepted'"
        " AND NOT EXISTS (SELECT 1 FROM supply_unit JOIN purchase_line AS line ON line.id = supply_unit.purchase_line"
        "  WHERE line.purchase_order = purchase.id AND supply_unit.done_at IS NULL) ORDER BY id",
        supplier,
    )
    return [row["id"] for row in rows]
