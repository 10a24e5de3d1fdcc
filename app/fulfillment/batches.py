"""Batches: work orders of one day that a warehouse handles alike, under a number that stays the same.

A batch is opened by the first work order of its kind on a day of the store; those that come later on that day join it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.exception_desk import close_these
from app.fulfillment.exception_kinds import SLA_MISSED, SLA_NEAR
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id


class Alike(msgspec.Struct, frozen=True):
    """What makes work orders one batch, and what it is called by."""

    warehouse: UUID
    campaign: UUID | None
    leader: UUID | None
    variants: tuple[UUID, ...]
    title: str = ""
    image_key: str = ""

    @property
    def sort(self) -> str:
        goods = ",".join(sorted(str(variant) for variant in self.variants))
        return f"{self.warehouse}|{self.campaign or ''}|{self.leader or ''}|{goods}"


OPEN = """
INSERT INTO fulfillment_batch (id, day, place, sort, warehouse, campaign, leader, title, image_key, created_at)
SELECT $1, $2, coalesce(max(place), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM fulfillment_batch WHERE day = $2
ON CONFLICT DO NOTHING
"""
TRIES = 20  # two that open a batch of a day at once want the same number; the slower one takes the next


def number(day: date, place: int) -> str:
    """How people call a batch."""
    return f"B-{day:%m%d}-{place:02d}"


async def batch_of(alike: Alike, day: date) -> UUID:
    """The batch of the day, opened when it is the first."""
    for _ in range(TRIES):
        found: UUID | None = await tenants.connection().fetchval(
            "SELECT id FROM fulfillment_batch WHERE day = $1 AND sort = $2", day, alike.sort
        )
        if found:
            return found
        await tenants.connection().execute(
            OPEN, new_id(), day, alike.sort, alike.warehouse, alike.campaign, alike.leader, alike.title[:200],
            alike.image_key, now(),
        )  # fmt: skip
    raise RuntimeError("a batch could not be opened")


async def arrange(placed: Sequence[tuple[UUID, UUID, Any]]) -> None:
    """Work order, its batch, and by when it leaves (None: not promised yet). What it has already it keeps."""
    await tenants.connection().executemany(
        "UPDATE fulfillment_order SET batch = coalesce(batch, $2), ship_by = coalesce(ship_by, $3) WHERE id = $1",
        sorted(placed),
    )


async def promise_again(order_id: UUID, due_at: datetime) -> None:
    """Another moment for what has not left yet; that it was late is not so any more."""
    rows = await tenants.connection().fetch(
        "UPDATE fulfillment_order SET ship_by = $2 WHERE order_id = $1 AND status NOT IN ('closed', 'canceled')"
        " AND ship_by IS NOT NULL RETURNING id",
        order_id, due_at,
    )  # fmt: skip
    if due_at > now():
        await close_these([row["id"] for row in rows], SLA_NEAR, SLA_MISSED)


async def find_batch(batch: UUID) -> Mapping[str, Any]:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "SELECT id, day, place, warehouse, campaign, leader, title, image_key FROM fulfillment_batch WHERE id = $1",
        batch,
    )
    if row is None:
        raise NotFound
    return dict(row) | {"number": number(row["day"], row["place"])}
