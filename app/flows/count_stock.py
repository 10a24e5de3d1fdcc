"""The merchant counts a warehouse. Each step is one transaction; taking the differences over is the last word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import tenants
from app import fulfillment, inventory, suppliers
from app.flows.change_stock import changing
from app.inventory import BadStockRow
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.table_files import small_table
from tenants import states

_ASKED = "SELECT variant FROM stock_take_line WHERE stock_take = $1"


async def open_take(warehouse: UUID, skus: Sequence[str], *, title: str, blind: bool, by: str) -> UUID:
    """Of these numbers, or of everything that is counted there. Raises NotFound, InvalidInput, StoreClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        place = await fulfillment.warehouse(warehouse)
        variants = await _chosen(skus) if skus else None
        return await inventory.open_take(warehouse, variants, title=title or place.name, blind=blind, by=by)


async def _chosen(skus: Sequence[str]) -> list[UUID]:
    known = await suppliers.variants_by_sku(skus)
    strange = [sku for sku in skus if sku not in known]
    if strange:
        raise InvalidInput({"skus": N_("No goods of yours have one of these SKUs.")})
    return [variant for sku in skus for variant in known[sku]]


async def set_counts(take_id: UUID, counts: Mapping[UUID, int | None], *, at: datetime, by: str) -> int:
    """Raises NotFound, TakeClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        return await inventory.set_counts(take_id, counts, at=at, by=by)


async def read_counts(take_id: UUID, data: bytes, *, at: datetime, by: str) -> tuple[int, list[BadStockRow]]:
    """Take the good rows of a counting sheet and answer with the bad ones. Raises UnreadableFile, InvalidInput."""
    states.require(tenants.current(), "edit")
    _names, table = small_table(data, most=inventory.MOST_ROWS)
    rows = inventory.our_words(table)
    if not rows or not {"sku", "counted"} <= set(rows[0][1]):
        raise InvalidInput({"file": N_("The table needs the columns sku and counted.")})
    async with tenants.transaction():
        asked = {row["variant"] for row in await tenants.connection().fetch(_ASKED, take_id)}
        known = await suppliers.variants_by_sku(cells.get("sku", "") for _number, cells in rows)
        counts, bad = inventory.read_counts(rows, known, asked)
        taken = await inventory.set_counts(take_id, counts, at=at, by=by)
    return taken, bad


async def apply_take(take_id: UUID, *, by: str) -> tuple[int, int]:
    """Lines taken over, and lines left because orders hold more. Raises NotFound, TakeClosed, NothingCounted."""
    async with changing():
        return await inventory.apply_take(take_id, by=by)


async def abandon_take(take_id: UUID, *, by: str) -> None:
    """Raises NotFound, TakeClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        await inventory.abandon_take(take_id, by=by)
