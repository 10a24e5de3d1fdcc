"""A shopper chooses what to save with: a coupon by its code or from the account, points by a tick.

`cart` is the one that joins a campaign; without it, it is the open one. One transaction each. What would not count now
is refused with its reason, and the cart stays as it was.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders, promotions
from app.flows.cart_contents import look_into_cart
from app.kernel.errors import NotFound


class SavingsNotHere(promotions.CouponRefused):
    """The campaign's price is the last word: nothing counts on top of it."""

    code = "promotions.not_with_campaign"
    message = "Coupons and points do not count on top of this offer's price."


async def use_code(visitor_id: UUID, code: str, customer_id: UUID | None, *, cart: UUID | None = None) -> None:
    """Raises CouponRefused, NotFound for another visitor's cart."""
    async with tenants.transaction():
        coupon = await promotions.find_by_code(code)
        await _choose(cart, visitor_id, coupon.id, customer_id)


async def use_coupon(visitor_id: UUID, coupon_id: UUID, customer_id: UUID, *, cart: UUID | None = None) -> None:
    """One that is in the customer's account. Raises CouponRefused, NotFound."""
    async with tenants.transaction():
        if coupon_id not in {coupon.id for coupon, _claim in await promotions.in_account(customer_id)}:
            raise NotFound
        await _choose(cart, visitor_id, coupon_id, customer_id)


async def use_no_coupon(visitor_id: UUID, *, cart: UUID | None = None) -> None:
    async with tenants.transaction():
        if chosen := cart or await orders.cart_of(visitor_id):
            await orders.choose_coupon(chosen, visitor_id, None)


async def use_points(visitor_id: UUID, use: bool, *, cart: UUID | None = None) -> None:
    """Raises SavingsNotHere, NotFound for another visitor's cart."""
    async with tenants.transaction():
        if chosen := cart or await orders.cart_of(visitor_id):
            await _require_savings(chosen, visitor_id)
            await orders.choose_points(chosen, visitor_id, use)


async def _require_savings(cart: UUID, visitor_id: UUID) -> None:
    contents = await look_into_cart(cart, visitor_id)
    if contents.offer and not contents.offer.campaign.takes_coupons:
        raise SavingsNotHere


async def _choose(cart: UUID | None, visitor_id: UUID, coupon_id: UUID, customer_id: UUID | None) -> None:
    cart = cart or await orders.cart_of(visitor_id)
    if cart is None:
        raise NotFound
    await _require_savings(cart, visitor_id)
    await orders.choose_coupon(cart, visitor_id, coupon_id)
    problem = (await look_into_cart(cart, visitor_id, customer_id=customer_id)).terms.problem
    if problem:
        raise problem
