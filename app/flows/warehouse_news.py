"""What every kind of news from a warehouse needs: the work order it speaks of, locked, and text without tricks.

Not a flow: it runs inside the transaction that takes the notice out of the inbox.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

from app import fulfillment, orders
from app.fulfillment import WarehouseFacts, WorkOrder
from app.kernel.errors import NotFound
from infra.warehouse.port import Notice

Outcome = tuple[str, str]
"""What became of a notice in words, and its state in the inbox: processed, ignored or quarantined."""

LONGEST = 500


async def locked(reference: str, speaker: WarehouseFacts | None) -> WorkOrder:
    """Order before work order, like every journey, so that no two wait for each other in a circle.

    A warehouse speaks of its own work orders only; those of another are as unknown to it as if there were none.
    """
    work_order = await fulfillment.by_reference(reference)
    if speaker and not (await fulfillment.warehouse(work_order.warehouse)).is_told_by(speaker):
        raise NotFound
    await orders.lock(work_order.order_id)
    return await fulfillment.lock_by_reference(reference)


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
