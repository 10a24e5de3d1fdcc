"""A shopper chooses what to save with: a coupon by its code or from the account, points by a tick.

One transaction each. What would not count now is refused with its reason, and the cart stays as it was.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders, promotions
from app.flows.cart_contents import look_into_cart
from app.kernel.errors import NotFound


async def use_code(visitor_id: UUID, code: str, customer_id: UUID | None) -> None:
    """Raises CouponRefused, NotFound without a cart."""
    async with tenants.transaction():
        coupon = await promotions.find_by_code(code)
        await _choose(visitor_id, coupon.id, customer_id)


async def use_coupon(visitor_id: UUID, coupon_id: UUID, customer_id: UUID) -> None:
    """One that is in the customer's account. Raises CouponRefused, NotFound."""
    async with tenants.transaction():
        if coupon_id not in {coupon.id for coupon, _claim in await promotions.in_account(customer_id)}:
            raise NotFound
        await _choose(visitor_id, coupon_id, customer_id)


async def use_no_coupon(visitor_id: UUID) -> None:
    async with tenants.transaction():
        await orders.choose_coupon(visitor_id, None)


async def use_points(visitor_id: UUID, use: bool) -> None:
    async with tenants.transaction():
        await orders.choose_points(visitor_id, use)


async def _choose(visitor_id: UUID, coupon_id: UUID, customer_id: UUID | None) -> None:
    cart = await orders.cart_of(visitor_id)
    if cart is None:
        raise NotFound
    await orders.choose_coupon(visitor_id, coupon_id)
    problem = (await look_into_cart(cart, visitor_id, customer_id=customer_id)).terms.problem
    if problem:
        raise problem
