"""What people do with work orders: let them go, hold them, split and merge them, send them from elsewhere.

Only what no warehouse knows of is changed in place. A reference never changes its meaning: what is taken back from a
warehouse ends canceled, and what shall leave instead gets a new one. The caller has locked order and work orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app.fulfillment import causes
from app.fulfillment.parcels import progress
from app.fulfillment.work_orders import WorkOrder
from app.kernel.errors import Refusal
from app.kernel.ids import new_id

REFUND_FOLLOWS = "refund_follows"  # the reason of what was taken back for a refund that is about to be made
BY_HAND = "held_back"  # the reason of a work order somebody keeps back; holds of whole orders are another matter


class NotWaiting(Refusal):
    """It is sent already, it waits for something else, or it is over."""

    code = "fulfillment.not_waiting"
    status = 409
    message = "This work order is not waiting to be sent. Nothing was changed."


class AlreadySent(Refusal):
    """A warehouse has it, or may have it."""

    code = "fulfillment.already_sent"
    status = 409
    message = "The warehouse may have this work order already. Ask to stop it first."


class NothingToSplit(Refusal):
    """Nothing was chosen, more than there is, or all of it."""

    code = "fulfillment.nothing_to_split"
    status = 422
    message = "Choose some of the units for the new work order, and leave some in the old one."


class NotMergeable(Refusal):
    """They are not of one order and one warehouse, or one of them was sent."""

    code = "fulfillment.not_mergeable"
    status = 409
    message = "Only work orders of one order in the same warehouse that were not sent can be merged."


LET_OUT = """
UPDATE fulfillment_order SET status = 'open', status_reason = '', let_out = true, released_at = now(),
    updated_at = now()
WHERE id = $1 AND submitted_at IS NULL
    AND (status IN ('scheduled', 'open') OR status = 'on_hold' AND status_reason = $2)
RETURNING id
"""
HOLD = """
UPDATE fulfillment_order SET status = 'on_hold', status_reason = $2, updated_at = now()
WHERE id = $1 AND submitted_at IS NULL
    AND (status IN ('scheduled', 'open') OR status = 'on_hold' AND status_reason = $2)
RETURNING id
"""
COPY = """
INSERT INTO fulfillment_order (id, order_id, warehouse, reference, status, status_reason, created_at, updated_at,
    released_at, ship_by, let_out, batch)
SELECT $2, order_id, $3, $4, $5, $6, created_at, now(), CASE WHEN $5 = 'open' THEN now() END, ship_by,
    let_out OR $7, CASE WHEN warehouse = $3 THEN batch END
FROM fulfillment_order WHERE id = $1
"""
ADD_LINE = """
INSERT INTO fulfillment_order_line (id, fulfillment_order, order_line, sku, quantity)
SELECT $1, $2, order_line, sku, $5 FROM fulfillment_order_line WHERE fulfillment_order = $3 AND order_line = $4
ON CONFLICT (fulfillment_order, order_line) DO UPDATE
SET quantity = fulfillment_order_line.quantity + excluded.quantity
"""
CANCEL = """
UPDATE fulfillment_order SET status = 'canceled', status_reason = $2, stopping_at = NULL, updated_at = now()
WHERE id = $1 AND status NOT IN ('closed', 'canceled') RETURNING id
"""


async def let_out(work_order: UUID) -> None:
    """It may go to its warehouse. Raises NotWaiting."""
    if await tenants.connection().fetchval(LET_OUT, work_order, BY_HAND) is None:
        raise NotWaiting
    await causes.is_gone(work_order, "open")


async def hold_by_hand(work_order: UUID) -> None:
    """It stays until somebody lets it out. Raises NotWaiting for what was sent, or waits for something else."""
    if await tenants.connection().fetchval(HOLD, work_order, BY_HAND) is None:
        raise NotWaiting
    await causes.look_at(work_order)


async def next_reference(order_id: UUID, number: str) -> str:
    """The next free `<order number>-<n>`."""
    rows = await tenants.connection().fetch("SELECT reference FROM fulfillment_order WHERE order_id = $1", order_id)
    endings = [row["reference"].removeprefix(f"{number}-") for row in rows]
    return f"{number}-{max((int(each) for each in endings if each.isdecimal()), default=0) + 1}"


async def split_off(work_order: WorkOrder, units: Mapping[UUID, int], reference: str, *, hold: bool = False) -> UUID:
    """A new work order for so many units of these lines; the old one asks for as many fewer.

    Raises AlreadySent, NothingToSplit.
    """
    if not work_order.is_unsent:
        raise AlreadySent
    asked = {line.order_line: line.asked for line in await progress(work_order.id)}
    wanted = {line: number for line, number in units.items() if number}
    if not wanted or any(not 0 < number <= asked.get(line, 0) for line, number in wanted.items()) or wanted == asked:
        raise NothingToSplit
    status, reason = ("on_hold", BY_HAND) if hold else (work_order.status, work_order.status_reason)
    made = await copy(work_order, reference, wanted, warehouse=work_order.warehouse, status=status, reason=reason)
    for line, number in sorted(wanted.items()):
        await _fewer(work_order.id, line, number)
    return made


async def copy(
    work_order: WorkOrder, reference: str, units: Mapping[UUID, int], *, warehouse: UUID, status: str,
    reason: str = "", lets_out: bool = False,
) -> UUID:  # fmt: skip
    """A work order for these units under a new reference, with the promise of the old one.

    `lets_out`: a person said that it goes.
    """
    made = new_id()
    await tenants.connection().execute(COPY, work_order.id, made, warehouse, reference, status, reason, lets_out)
    await tenants.connection().executemany(
        ADD_LINE, [(new_id(), made, work_order.id, line, number) for line, number in sorted(units.items())]
    )
    await causes.look_at(made)
    return made


async def _fewer(work_order: UUID, line: UUID, units: int) -> None:
    where = "WHERE fulfillment_order = $1 AND order_line = $2"
    await tenants.connection().execute(
        f"DELETE FROM fulfillment_order_line {where} AND quantity <= $3",  # noqa: S608 - a constant
        work_order, line, units,
    )  # fmt: skip
    await tenants.connection().execute(
        f"UPDATE fulfillment_order_line SET quantity = quantity - $3 {where} AND quantity > $3",  # noqa: S608 - a constant
        work_order, line, units,
    )  # fmt: skip


async def merge_into(kept: WorkOrder, other: WorkOrder) -> None:
    """The units of `other` are asked for by `kept`; `other` is canceled. Raises NotMergeable."""
    alike = (kept.order_id, kept.warehouse) == (other.order_id, other.warehouse) and kept.id != other.id
    if not alike or not kept.is_unsent or not other.is_unsent or kept.stopping_at or other.stopping_at:
        raise NotMergeable
    lines = [(new_id(), kept.id, other.id, line.order_line, line.asked) for line in await progress(other.id)]
    await tenants.connection().executemany(ADD_LINE, lines)
    await cancel(other.id, f"merged: {kept.reference}")


async def cancel(work_order: UUID, reason: str) -> bool:
    """Nobody sends it any more. False when it is over already."""
    done = await tenants.connection().fetchval(CANCEL, work_order, reason)
    await causes.is_gone(work_order, "canceled")
    return done is not None


async def send_from(work_order: UUID, warehouse: UUID) -> None:
    """An unsent work order goes to another warehouse, in a batch there. The caller moves what is promised to it."""
    await tenants.connection().execute(
        "UPDATE fulfillment_order SET warehouse = $2, batch = NULL, updated_at = now() WHERE id = $1",
        work_order, warehouse,
    )  # fmt: skip
