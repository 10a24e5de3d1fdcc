"""Coupons, member levels and points for tests, with good defaults."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import customers, promotions
from app.flows.choose_savings import use_code
from app.flows.place_order import Placed, place_order
from app.kernel.ids import new_id
from tests import builders_selling as selling


async def coupon(*, started: bool = True, **facts: object) -> promotions.Coupon:
    """A running coupon for 5.00, typed as PEACH."""
    draft = {"name": "Peach week", "code": "PEACH", "amount": 500, "per_customer_limit": None} | facts
    async with tenants.transaction():
        coupon_id = await promotions.save_coupon(promotions.CouponDraft(**draft))  # type: ignore[arg-type] # facts
        if started:
            await promotions.start_coupon(coupon_id)
        return await promotions.find(coupon_id)


async def current(coupon: promotions.Coupon) -> promotions.Coupon:
    async with tenants.transaction():
        return await promotions.find(coupon.id)


async def customer(email: str = "") -> UUID:
    async with tenants.transaction():
        return await customers.register(
            email=email or f"{new_id().hex}@example.test", name="Ya", password_hash="none", locale="en"
        )


async def level(name: str = "Gold", *, threshold: int = 0, bps: int = 1000) -> promotions.Level:
    made = promotions.Level(new_id(), name, threshold, bps)
    async with tenants.transaction():
        await promotions.save_level(made)
    return made


async def points_rule(*, earn: int = 1, spend: int = 100, share: int = 5000) -> None:
    async with tenants.transaction():
        await promotions.change_points_rule(promotions.PointsRule(earn, spend, share))


async def give_points(customer_id: UUID, points: int) -> None:
    async with tenants.transaction():
        await promotions.move_points(customer_id, "adjust", points, new_id())


async def order_with(
    *offers: selling.Offer, code: str = "", customer_id: UUID | None = None, quantity: int = 1, **facts: object
) -> Placed:
    """An order with the coupon of this code, by this customer."""
    visitor, cart = await selling.fill_cart(*(offers or (await selling.offer(),)), quantity=quantity)
    if code:
        await use_code(visitor, code, customer_id)
    return await place_order(cart, visitor, selling.checkout(customer_id=customer_id, **facts))
