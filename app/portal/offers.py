"""Offers of networks a promoter can share, each through a link with a place of their own."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import external_sales, promoters
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, enter
from infra.settings import settings


@get("/offers", permission="signed_in")
async def show_offers(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        offers = await external_sales.offers_for(place.promoter.id)
    return page(
        "portal/offers/index.html", tab="links", offers=offers, words=external_sales.words,
        shop=settings().origin(place.tenant.slug),
    )  # fmt: skip


@post("/offers/{cps_offer_id:uuid}/link", permission="signed_in")
async def take_link(request: AnyRequest, cps_offer_id: FromPath[UUID]) -> Redirect:
    """The promoter's own link; asked for again it is the same. Raises NotApproved, NotFound."""
    place = await enter(request)
    if place.promoter.status != "approved":
        raise promoters.NotApproved
    async with tenants.transaction():
        await external_sales.take_slot(cps_offer_id, place.promoter.id)
    return see_other("/offers", flash=("ok", _("Your link is ready.")))


HANDLERS = [show_offers, take_link]
