"""Coupons that every shopper may claim, and those of the own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import identity, promotions
from app.kernel.i18n import gettext, translate_refusal
from app.kernel.pages import page, see_other

AnyRequest = Request[Any, Any, Any]


class CouponController(Controller):
    path = "/coupons"

    @get(permission="public")
    async def show(self, request: AnyRequest) -> Template:
        visit = await identity.visit_or_none(request)
        customer_id = visit.customer_id if visit else None
        async with tenants.transaction():
            offered = await promotions.on_offer()
            held = await promotions.in_account(customer_id) if customer_id else []
            claimed = await promotions.claimed_by(customer_id) if customer_id else frozenset()
        return page(
            "storefront/coupons/index.html", headers={"Cache-Control": "no-store"}, held=held,
            offered=[coupon for coupon in offered if coupon.id not in claimed], signed_in=customer_id is not None,
            tab="me",
        )  # fmt: skip

    @post("/{coupon_id:uuid}/claims", permission="signed_in")
    async def claim(self, request: AnyRequest, coupon_id: FromPath[UUID]) -> Redirect:
        """Raises NotFound for what is not given away."""
        try:
            async with tenants.transaction():
                await promotions.claim(coupon_id, identity.viewer_of(request).id)
        except promotions.CouponRefused as refusal:
            return see_other("/coupons", flash=("bad", translate_refusal(refusal)))
        return see_other("/coupons", flash=("ok", gettext("It is in your account and offered to you at checkout.")))
