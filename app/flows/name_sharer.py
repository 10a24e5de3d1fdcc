"""A shopper says at the checkout who recommended it, by that sharer's code; or takes it back.

The cart keeps the name, so the order that it becomes counts for that sharer, whatever links were followed before.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders
from app.attribution import Shopper
from app.flows.sharers_by_code import sharer_of_code

_NAMED = "SELECT promoter.name FROM cart JOIN promoter ON promoter.id = cart.sharer WHERE cart.id = $1"


async def name_sharer(cart: UUID, visitor_id: UUID, customer_id: UUID | None, code: str) -> str:
    """The sharer's name. Raises UnknownSharer, NotYourOwnSharer; then the cart stays as it was."""
    async with tenants.transaction():
        sharer = await sharer_of_code(code, Shopper.of(customer_id, visitor_id))
        await orders.choose_sharer(cart, visitor_id, sharer.id, code.strip())
    return sharer.name


async def name_nobody(cart: UUID, visitor_id: UUID) -> None:
    async with tenants.transaction():
        await orders.choose_sharer(cart, visitor_id, None, "")


async def sharer_named(cart: UUID) -> str:
    """Who was named for this cart; empty if nobody was. Inside an open transaction."""
    name: str | None = await tenants.connection().fetchval(_NAMED, cart)
    return name or ""
