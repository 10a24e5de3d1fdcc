"""The merchant saves a product, or publishes several: one transaction with its stock and the shop's version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import tenants
from app import catalog, inventory, store
from tenants import states

_DEFAULT_WAREHOUSE = "SELECT id FROM warehouse WHERE is_default"


async def save_product(edit: catalog.ProductEdit, product_id: UUID | None = None, *, actor: str = "merchant") -> UUID:
    """Create or change one product. Raises InvalidInput, NotFound, StoreClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        known, variants = await catalog.save_product(edit, product_id)
        warehouse = await tenants.connection().fetchval(_DEFAULT_WAREHOUSE)
        counts = [inventory.Count(each.id, each.on_hand, each.tracked, each.oversell) for each in variants]
        await inventory.take_counts(counts, warehouse, inventory.Because("count", actor))
        await store.touch()
    return known


async def set_status(products: Sequence[UUID], status: Literal["draft", "published", "archived"]) -> int:
    """Publish, take down or archive; returns how many changed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        changed = await catalog.set_status(products, status)
        if changed:
            await store.touch()
    return changed


async def set_stock(counts: dict[UUID, int], *, actor: str = "merchant") -> None:
    """New figures of what can still be sold, from the stock page; how a variant is tracked stays as it is."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        warehouse = await tenants.connection().fetchval(_DEFAULT_WAREHOUSE)
        await inventory.recount(counts, warehouse, inventory.Because("count", actor))
        await store.touch()
