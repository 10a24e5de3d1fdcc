"""What goods cost: a version from each moment on; the past keeps the cost it had."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.suppliers.links import COST


class CostVersion(msgspec.Struct, frozen=True):
    amount: int
    valid_from: datetime
    set_by: str


async def set_cost(link: UUID, amount: int, *, by: str, valid_from: datetime | None = None) -> bool:
    """A new version from then on, else from now on. False when the goods cost that already."""
    at = now()
    since = valid_from or at
    if await _cost_at(link, since) == amount:
        return False
    await tenants.connection().execute(
        "INSERT INTO supplier_cost (id, supplier_link, amount, valid_from, set_by, set_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), link, amount, since, by, at,
    )  # fmt: skip
    return True


async def _cost_at(link: UUID, at: datetime) -> int | None:
    found: int | None = await tenants.connection().fetchval(
        f"SELECT {COST} FROM supplier_link AS link WHERE link.id = $2",  # noqa: S608 - constants only
        at, link,
    )  # fmt: skip
    return found


async def costs_at(supplier: UUID, variants: Iterable[UUID], at: datetime) -> dict[UUID, int]:
    """What each variant costs from this supplier at a moment; one without a version is missing."""
    rows = await tenants.connection().fetch(
        f"SELECT link.variant, {COST} AS amount FROM supplier_link AS link"  # noqa: S608 - constants only
        " WHERE link.supplier = $2 AND link.variant = ANY($3::uuid[])",
        at, supplier, list(variants),
    )  # fmt: skip
    return {row["variant"]: row["amount"] for row in rows if row["amount"] is not None}


async def versions_of(link: UUID) -> list[CostVersion]:
    """Newest first."""
    rows = await tenants.connection().fetch(
        "SELECT amount, valid_from, set_by FROM supplier_cost WHERE supplier_link = $1"
        " ORDER BY valid_from DESC, set_at DESC, id DESC LIMIT 20",
        link,
    )
    return [CostVersion(**row) for row in rows]
