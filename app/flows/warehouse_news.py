"""What every kind of news from a warehouse needs: the work order it speaks of, locked, and text without tricks.

Not a flow: it runs inside the transaction that takes the notice out of the inbox.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

import tenants
from app import fulfillment
from app.fulfillment import WarehouseFacts, WorkOrder
from app.kernel.errors import NotFound
from infra.warehouse.port import Notice

Outcome = tuple[str, str]
"""What became of a notice in words, and its state in the inbox: processed, ignored or quarantined."""

LONGEST = 500


# The order's row is locked first: only what comes out of the first part is joined with a work order, and then locked.
LOCKED = f"""
WITH placed AS MATERIALIZED (
    SELECT id FROM orders WHERE id = (SELECT order_id FROM fulfillment_order WHERE reference = $1) FOR NO KEY UPDATE
)
SELECT {fulfillment.read_as("work")}, {fulfillment.read_as("house")}
FROM placed JOIN fulfillment_order AS work ON work.order_id = placed.id AND work.reference = $1
JOIN warehouse AS house ON house.id = work.warehouse FOR NO KEY UPDATE OF work
"""  # noqa: S608 - constants


async def locked(reference: str, speaker: WarehouseFacts | None) -> WorkOrder:
    """Order before work order, like every journey, so that no two wait for each other in a circle.

    A warehouse speaks of its own work orders only; those of another are as unknown to it as if there were none.
    """
    row = await tenants.connection().fetchrow(LOCKED, reference)
    if row is None:
        raise NotFound
    work_order, warehouse = fulfillment.read_together(row)
    if speaker and not warehouse.is_told_by(speaker):
        raise NotFound
    return work_order


def cleaned(notice: Notice) -> Notice:
    """Somebody else's text, as a database can keep it: no NUL, and not longer than a person reads."""
    found: Notice = _cleaned(notice)
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")[:LONGEST]
    if isinstance(value, tuple):
        return tuple(_cleaned(one) for one in value)
    if isinstance(value, Struct):
        return type(value)(**{name: _cleaned(one) for name, one in structs.asdict(value).items()})
    return value
