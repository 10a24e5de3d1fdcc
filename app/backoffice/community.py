"""A community buy in the merchant's hands: again tomorrow, what to pick as PDF, and orders nobody came for."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import group_buying, orders, pickups
from app.backoffice.frame import AnyRequest
from app.flows import run_campaign
from app.flows.hand_out import hand_out_by_store
from app.flows.order_documents import as_pdf
from app.flows.pick_lists import papers, pick_lists
from app.identity import viewer_of
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


@post("/campaigns/{campaign_id:uuid}/repetition", permission="promotions.write")
async def repeat(request: AnyRequest, campaign_id: FromPath[UUID]) -> Redirect:
    """The same again for the next day, published at once. Raises WrongMoment when it has no end."""
    actor = viewer_of(request).name
    copy = await run_campaign.repeat_campaign(campaign_id, actor=actor)
    await run_campaign.publish_campaign(copy, actor=actor)
    return see_other(f"/campaigns/{copy}", flash=("ok", _("It runs again, with the same goods and prices")))


@get("/campaigns/{campaign_id:uuid}/pick-list.pdf", permission="fulfillment.read")
async def print_lists(campaign_id: FromPath[UUID]) -> Response[bytes]:
    """A sheet per point. Raises NotFound while there is nothing to pick."""
    async with tenants.transaction():
        campaign = await group_buying.find(campaign_id)
        sheets = await papers(campaign, await pick_lists(campaign_id))
    if not sheets:
        raise NotFound
    name = f'inline; filename="pick-list-{campaign.code}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(await as_pdf(sheets), media_type="application/pdf", headers=headers)


class CollectedForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`back` is where the button was: on the order's page, or on the campaign's."""

    back: Literal["campaign", "order"] = "campaign"


@post("/pickups/{order_id:uuid}/collection", permission="orders.write")
async def collect(request: AnyRequest, order_id: FromPath[UUID]) -> Redirect:
    """The store knows that it was handed out, although nobody entered the code."""
    form = await read_form(request, CollectedForm)
    async with tenants.transaction():
        campaign, order = (await pickups.find(order_id)).campaign, await orders.find(order_id)
    await hand_out_by_store(order_id, actor=viewer_of(request).name)
    back = f"/orders/{order.number}" if form.back == "order" else f"/campaigns/{campaign}"
    return see_other(back, flash=("ok", _("Counted as picked up")))


HANDLERS = [repeat, print_lists, collect]
