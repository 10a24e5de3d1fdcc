"""Work orders: what one warehouse is asked to send for one order, and how far it got.

    scheduled -> open -> submitted -> accepted -> closed
                  ^         |            +-> incomplete -> closed
                  |         +-> on_hold (a person decides) -> open
                  +-- retry --------+
    rejected: the warehouse will not ship it. canceled: we do not want it any more.

What the warehouse tells never moves one back, in whatever order it comes: see `settling`.

`submitted` means the warehouse may or may not know of it. `submitted_at` survives every later state but a clear no, so
that whoever tries again knows to ask by reference first instead of sending twice, and nobody cancels what may leave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.fulfillment import causes
from app.fulfillment.exception_desk import BY_ITSELF
from app.fulfillment.holding import FIRST_HOLD, HELD
from app.fulfillment.routing_facts import Route
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id


class NotRetriable(Refusal):
    """This work order is not waiting for a person."""

    code = "fulfillment.not_retriable"
    status = 409
    message = "The warehouse is already working on this order. Nothing was sent again."


@dataclass(frozen=True, slots=True)
class WorkOrder:
    id: UUID
    order_id: UUID
    warehouse: UUID
    reference: str
    status: str
    status_reason: str
    warehouse_ref: str | None
    created_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    picked: int
    packed_at: datetime | None
    ended_at: datetime | None
    ship_by: datetime | None
    stopping_at: datetime | None

    @property
    def is_unsent(self) -> bool:
        """No warehouse knows of it, or can."""
        return self.status in ("scheduled", "open", "on_hold") and self.submitted_at is None


@dataclass(frozen=True, slots=True)
class WantedLine:
    """So many of one order line."""

    order_line: UUID
    sku: str
    quantity: int


COLUMNS = (
    "id, order_id, warehouse, reference, status, status_reason, warehouse_ref, created_at, submitted_at, accepted_at,"
    " picked, packed_at, ended_at, ship_by, stopping_at"
)


LET_GO = f"""
WITH held AS ({FIRST_HOLD})
UPDATE fulfillment_order SET status = CASE WHEN EXISTS (SELECT 1 FROM held) THEN 'on_hold' ELSE 'open' END,
    status_reason = coalesce((SELECT reason FROM held), ''), updated_at = now(),
    released_at = CASE WHEN EXISTS (SELECT 1 FROM held) THEN released_at ELSE now() END
WHERE order_id = $1 AND status = 'on_hold' AND status_reason = $2 RETURNING id, status
"""  # noqa: S608 - constants


SUBMIT = """
UPDATE fulfillment_order SET status = 'submitted', status_reason = '', updated_at = now(),
    submitted_at = coalesce(submitted_at, now()) WHERE id = $1 AND status IN ('open', 'submitted')
"""
ASK = "UPDATE fulfillment_order SET asked_at = now() WHERE id = $1"
# With it ends whatever was an exception because it was not accepted.
ACCEPT = """
WITH known AS (
    SELECT status IN ('open', 'submitted', 'on_hold') AS moves FROM fulfillment_order
    WHERE id = $1 FOR NO KEY UPDATE
), accepted AS (
    UPDATE fulfillment_order AS work SET warehouse_ref = coalesce(nullif($2, ''), work.warehouse_ref), asked_at = NULL,
        submitted_at = coalesce(work.submitted_at, now()), accepted_at = coalesce(work.accepted_at, now()),
        status = CASE WHEN known.moves THEN 'accepted' ELSE work.status END,
        status_reason = CASE WHEN known.moves THEN '' ELSE work.status_reason END,
        updated_at = CASE WHEN known.moves THEN now() ELSE work.updated_at END
    FROM known WHERE work.id = $1 RETURNING known.moves
), closed AS (
    UPDATE fulfillment_exception SET status = 'resolved', resolved_at = $3, resolved_by = $4
    WHERE status = 'open' AND subject = $1::text AND kind = ANY($5) AND (SELECT moves FROM accepted)
)
SELECT 1 FROM accepted WHERE moves
"""


async def plan(
    order_id: UUID,
    warehouse: UUID,
    reference: str,
    lines: Iterable[WantedLine],
    *,
    waits_for: str = "",
    why: Route | None = None,
) -> UUID | None:
    """A work order under this reference. None when there is one already: planning twice plans once.

    `waits_for` is why it may not be sent yet; `let_go` with the same word sends it on its way. `why` is kept for
    whoever asks why this warehouse.
    """
    database = tenants.connection()
    work_order = await database.fetchval(
        "INSERT INTO fulfillment_order"
        " (id, order_id, warehouse, reference, status, status_reason, route, created_at, updated_at, released_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now(), CASE WHEN $5 = 'open' THEN now() END)"
        " ON CONFLICT DO NOTHING RETURNING id",
        new_id(), order_id, warehouse, reference, "on_hold" if waits_for else "open", waits_for,
        msgspec.json.encode({"reasons": why.reasons} if why else {}).decode(),
    )  # fmt: skip
    if work_order is None:
        return None
    await database.executemany(
        "INSERT INTO fulfillment_order_line (id, fulfillment_order, order_line, sku, quantity)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(new_id(), work_order, line.order_line, line.sku, line.quantity) for line in lines],
    )
    if waits_for.startswith(HELD):
        await causes.look_at(work_order)
    found: UUID = work_order
    return found


async def let_go(order_id: UUID, waits_for: str) -> list[UUID]:
    """What waited for this may be sent now, unless the order is held for something else."""
    rows = await tenants.connection().fetch(LET_GO, order_id, waits_for)
    return [row["id"] for row in rows if row["status"] == "open"]


async def lock(work_order: UUID) -> WorkOrder:
    """The row, locked until the transaction ends. Raises NotFound."""
    return await _one("id = $1", work_order)


async def lock_by_reference(reference: str) -> WorkOrder:
    """The row the warehouse speaks of, locked. Raises NotFound."""
    return await _one("reference = $1", reference)


async def by_reference(reference: str) -> WorkOrder:
    """The row the warehouse speaks of, as it stands. Raises NotFound."""
    return await _one("reference = $1", reference, lock=False)


async def find(work_order: UUID) -> WorkOrder:
    """As it stands. Raises NotFound."""
    return await _one("id = $1", work_order, lock=False)


async def work_orders_of(order_id: UUID) -> list[WorkOrder]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM fulfillment_order WHERE order_id = $1 ORDER BY reference",  # noqa: S608 - a constant
        order_id,
    )
    return [WorkOrder(**dict(row)) for row in rows]


async def promised_by(order_id: UUID) -> datetime | None:
    """By when the last of what has not left was promised to leave; None when nothing waits, or nothing was promised."""
    moment: datetime | None = await tenants.connection().fetchval(
        "SELECT max(ship_by) FROM fulfillment_order WHERE order_id = $1"
        " AND status IN ('scheduled', 'open', 'on_hold', 'submitted', 'accepted')",
        order_id,
    )
    return moment


async def may_be_there(order_id: UUID) -> bool:
    """Whether a warehouse has the order. A push that was never answered may have arrived, whatever state it is in."""
    found = await tenants.connection().fetchval(
        "SELECT 1 FROM fulfillment_order WHERE order_id = $1 AND (status IN ('submitted', 'accepted', 'incomplete',"
        " 'closed') OR (status IN ('open', 'on_hold') AND submitted_at IS NOT NULL)) LIMIT 1",
        order_id,
    )
    return found is not None


async def mark_submitted(work_order: UUID) -> None:
    """From here on, once the open transaction is committed, the warehouse may know of it."""
    tenants.commit_with((SUBMIT, (work_order,)))


async def mark_asked(work_order: UUID) -> None:
    """A call that hands it over leaves after COMMIT. Until its answer is written down it may be on its way."""
    tenants.commit_with((ASK, (work_order,)))


async def forget_asking(work_order: UUID) -> None:
    """That call came to an end, whatever it did: nothing is on its way any more."""
    await tenants.connection().execute("UPDATE fulfillment_order SET asked_at = NULL WHERE id = $1", work_order)


async def unanswered_for(work_order: UUID) -> float | None:
    """How many seconds ago the call left whose answer nobody has seen, by the database's clock."""
    ago: float | None = await tenants.connection().fetchval(
        "SELECT extract(epoch FROM now() - asked_at)::float8 FROM fulfillment_order WHERE id = $1", work_order
    )
    return ago


async def mark_accepted(work_order: UUID, warehouse_ref: str = "") -> bool:
    """The warehouse has it. False when it had moved on already, for example because the parcel was quicker.

    What it is called over there is kept also then. News without that name say the same: nobody packs what is not there.
    """
    values = (work_order, warehouse_ref, now(), BY_ITSELF, causes.ended_by("accepted"))
    return await tenants.connection().fetchval(ACCEPT, *values) is not None


async def hold(work_order: UUID, reason: str) -> None:
    """A person has to look: the reason is shown to the merchant."""
    if await _turn(work_order, "on_hold", ("open", "submitted"), "status_reason = $4", reason[:500]):
        await causes.look_at(work_order)


async def hold_unsent(work_order: UUID, reason: str) -> None:
    """The warehouse clearly said no, so it does not have the order: nothing was submitted after all."""
    also = "submitted_at = NULL, asked_at = NULL, status_reason = $4"
    if await _turn(work_order, "on_hold", ("open", "submitted"), also, reason[:500]):
        await causes.look_at(work_order)


async def reopen(work_order: UUID) -> None:
    """A person says: try again. Raises NotRetriable unless it waits for one; what waits for a group, for its leader to
    hand it out, or for a hold to be released, does not.
    """
    waits = await tenants.connection().fetchval(
        "SELECT status_reason IN ('group_buying.waits', 'group_buying.by_leader') OR status_reason LIKE 'held.%'"
        " FROM fulfillment_order WHERE id = $1",
        work_order,
    )
    also = "updated_at = now(), released_at = now(), let_out = true"
    if waits or not await _turn(work_order, "open", ("on_hold", "open", "submitted"), also):
        raise NotRetriable
    await causes.is_gone(work_order, "open")


async def _turn(work_order: UUID, status: str, allowed: tuple[str, ...], also: str, *values: object) -> bool:
    """A legal move or none; every move but a hold clears the reason."""
    clear = "" if "status_reason" in also else ", status_reason = ''"
    stamp = "" if "updated_at" in also else ", updated_at = now()"
    done = await tenants.connection().fetchval(
        f"UPDATE fulfillment_order SET status = $2, {also}{clear}{stamp}"  # noqa: S608 - constants of this file
        " WHERE id = $1 AND status = ANY($3::text[]) RETURNING id",
        work_order, status, list(allowed), *values,
    )  # fmt: skip
    return done is not None


async def _one(condition: str, value: object, *, lock: bool = True) -> WorkOrder:
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM fulfillment_order WHERE {condition}{' FOR NO KEY UPDATE' if lock else ''}",  # noqa: S608 - constants of this file
        value,
    )
    if row is None:
        raise NotFound
    return WorkOrder(**dict(row))
