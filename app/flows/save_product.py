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
        # The form shows what can be sold everywhere; what lies in other warehouses stays there.
        others = await inventory.available_elsewhere([each.id for each in variants], warehouse)
        counts = [
            inventory.Count(
                each.id, None if each.on_hand is None else each.on_hand - others.get(each.id, 0), each.tracked,
                each.oversell,
            )
            for each in variants
        ]  # fmt: skip
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
