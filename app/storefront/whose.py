"""Whose order it is: its owner's, its browser's, or whoever has the link with its key."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request

import tenants
from app import identity, orders
from app.kernel.errors import NotFound


async def order_of_visitor(request: Request[Any, Any, Any], number: str, key: str) -> orders.Order:
    """The order, if it is this browser's, this account's, or the key opens it. Raises NotFound for everybody else."""
    visit = await identity.visit_or_none(request)
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    if key and orders.opens(key, order.access_hash):
        return order
    if visit is None or not order.belongs_to(visit.visitor_id, visit.customer_id):
        raise NotFound
    return order


def order_address(order: orders.Order, below: str = "") -> str:
    """The order's page with its key, so that it opens in whichever browser the provider leads back to."""
    return f"/orders/{order.number}{below}?key={quote(orders.access_key(order.id))}"
