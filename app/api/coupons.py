"""Coupons everybody may claim, and those of the own account."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import identity, promotions
from app.api.bodies import answer
from app.api.described import described
from app.api.shapes import Moment, Money, maybe, money
from app.kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes off: `amount`, or `bps` hundredths of a percent up to `most`; from goods worth `from_amount` on."""

    id: UUID
    name: str
    kind: Annotated[str, Meta(examples=["fixed", "percent", "threshold"])]
    amount: Money
    bps: Annotated[int, Meta(description="1000 is ten percent")]
    most: Money | None
    from_amount: Money
    ends_at: Moment | None


class Coupons(msgspec.Struct, frozen=True, kw_only=True):
    """`offered` can be claimed by a signed-in shopper; `held` are in the account and good for one order each."""

    offered: list[Coupon]
    held: list[Coupon]


class CouponController(Controller):
    path = "/coupons"

    @get(**described("Coupons", gives=Coupons))
    async def show(self, request: AnyRequest) -> Response[bytes]:
        """Without a signed-in token only what is on offer."""
        visit = await identity.visit_or_none(request)
        return answer(await _coupons(visit.customer_id if visit else None))

    @post(
        "/{coupon_id:uuid}/claims",
        **described(
            "Claim a coupon",
            gives=Coupons,
            permission="signed_in",
            key="optional",
            refuses=(NotFound, promotions.CouponRefused),
        ),
    )
    async def claim(self, request: AnyRequest, coupon_id: FromPath[UUID]) -> Response[bytes]:
        """It is in the account then; choose it for the cart by its id."""
        customer = identity.viewer_of(request).id
        async with tenants.transaction():
            await promotions.claim(coupon_id, customer)
        return answer(await _coupons(customer))


async def _coupons(customer: UUID | None) -> Coupons:
    async with tenants.transaction():
        offered = await promotions.on_offer()
        held = await promotions.in_account(customer) if customer else []
        claimed = await promotions.claimed_by(customer) if customer else frozenset()
    return Coupons(
        offered=[_shown(coupon) for coupon in offered if coupon.id not in claimed],
        held=[
            msgspec.structs.replace(_shown(coupon), ends_at=claim.expires_at or coupon.ends_at)
            for coupon, claim in held
        ],
    )


def _shown(coupon: promotions.Coupon) -> Coupon:
    return Coupon(
        id=coupon.id, name=coupon.name, kind=coupon.kind, amount=money(coupon.amount), bps=coupon.bps,
        most=maybe(coupon.cap_amount), from_amount=money(coupon.from_amount), ends_at=coupon.ends_at,
    )  # fmt: skip
