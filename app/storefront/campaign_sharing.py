"""Passing a campaign on: what a shared page says, the page to share from, the poster and the card.

Everybody may share. Whoever takes part shares a link that carries their signed participation (`?from=`), so that the
page greets in their name and they see how many came; there is nothing about them in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import group_buying, identity, links
from app.flows import campaign_pictures
from app.flows.campaign_offer import Offer, offer_of
from app.flows.campaign_pictures import Sheet, compose
from app.flows.campaign_words import first_item, pitch
from app.group_buying import Sharer
from app.identity import Visit
from app.kernel.errors import NotFound
from app.kernel.formats import mask_name, price_parts
from app.kernel.pages import page
from infra.settings import settings
from tenants.middleware import current_arrival

AnyRequest = Request[Any, Any, Any]
FROM = "from"
LONGEST_TOKEN = 80


async def sharing_facts(offer: Offer, visit: Visit | None, query: Mapping[str, str]) -> dict[str, Any]:
    """What a page of the campaign says to whoever was sent here, and to whoever sends others."""
    tenant, campaign, token = tenants.current(), offer.campaign, query.get(FROM, "")[:LONGEST_TOKEN]
    sharer = await _sharer(offer, visit)
    nick = await group_buying.invitations.nick_of(token, campaign.id) if token else ""
    item = first_item(offer)
    card = compose("card", offer, _store(), tenant.currency)
    return {
        "invited_by": mask_name(nick) if nick else "",
        "invited_from": token if nick else "",
        "sharer": sharer,
        "share_query": urlencode({FROM: sharer.token}) if sharer else "",
        "pitch": pitch(offer, tenant.currency),
        "card_url": f"{_home()}/campaigns/{campaign.code}/card.png?v={card.fingerprint[:12]}",
        "card_price": _decimal(offer.price_of(item.variant) or 0, tenant.currency) if item else "",
    }


def invitation_of(values: Mapping[str, str]) -> dict[str, str]:
    """Through whom somebody came, to be kept with what they chose."""
    token = values.get(FROM, "")[:LONGEST_TOKEN]
    return {FROM: token} if group_buying.invitations.read_token(token) else {}


async def order_sharing(order_id: Any) -> dict[str, Any]:
    """The same for the page of an order: its own link, and who came through it."""
    sharer = await group_buying.invitations.sharer_of_order(order_id)
    return {"sharer": sharer, "share_query": urlencode({FROM: sharer.token}) if sharer else ""}


@get("/campaigns/{code:str}/share", permission="public")
async def show_sharing(request: AnyRequest, code: FromPath[str], team: FromQuery[str] = "") -> Template:
    """Text, link and poster to pass on, ready to be copied by hand. Raises NotFound."""
    visit = await identity.visit_or_none(request)
    token = str(request.query_params.get(FROM, ""))[:LONGEST_TOKEN]
    async with tenants.transaction():
        offer = await _public(code)
        sharer = await _sharer(offer, visit)
        nick = await group_buying.invitations.nick_of(token, offer.campaign.id) if token else ""
    token = sharer.token if sharer else token if nick else ""
    query = f"?{urlencode({FROM: token})}" if token else ""
    path = links.campaign_path(code, team)
    named = {name: value for name, value in (("team", team), (FROM, token)) if value}
    return page(
        "storefront/campaigns/share.html", campaign=offer.campaign, url=f"{_home()}{path}{query}", back_to=path + query,
        words=share_text(offer), sharer=sharer, poster=f"/campaigns/{code}/poster.png?{urlencode(named)}",
    )  # fmt: skip


@get("/campaigns/{code:str}/poster.png", permission="public")
async def show_campaign_poster(request: AnyRequest, code: FromPath[str], team: FromQuery[str] = "") -> Response[bytes]:
    """The picture to send, with a code that leads to the campaign in the sharer's name. Raises NotFound."""
    token = str(request.query_params.get(FROM, ""))[:LONGEST_TOKEN]
    async with tenants.transaction():
        offer = await _public(code)
        nick = await group_buying.invitations.nick_of(token, offer.campaign.id) if token else ""
    query = f"?{urlencode({FROM: token})}" if nick else ""
    url = f"{_home()}{links.campaign_path(code, team)}{query}"
    name = mask_name(nick) if nick else ""
    return await _answer(request, compose("poster", offer, _store(), tenants.current().currency, url, sharer=name))


@get("/campaigns/{code:str}/card.png", permission="public")
async def show_campaign_card(request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
    """What messengers show of the page. Raises NotFound."""
    async with tenants.transaction():
        offer = await _public(code)
    return await _answer(request, compose("card", offer, _store(), tenants.current().currency))


async def _answer(request: AnyRequest, sheet: Sheet) -> Response[bytes]:
    headers = {"etag": f'"{sheet.fingerprint}"', "cache-control": "public, max-age=60"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers)
    drawn = await campaign_pictures.picture(tenants.current().id, sheet)
    return Response(drawn, media_type="image/png", headers=headers)


def share_text(offer: Offer) -> str:
    """What to write beside the link: the merchant's words, and how far it is."""
    parts = (offer.campaign.title, offer.campaign.share_text, pitch(offer, tenants.current().currency))
    return "\n".join(dict.fromkeys(part for part in parts if part))


async def _public(code: str) -> Offer:
    campaign = await group_buying.find_by_code(code)
    if not campaign.is_public:
        raise NotFound
    return await offer_of(campaign.id)


async def _sharer(offer: Offer, visit: Visit | None) -> Sharer | None:
    if visit is None:
        return None
    return await group_buying.invitations.sharer_of_visitor(offer.campaign.id, visit.visitor_id, visit.customer_id)


def _store() -> Any:
    arrival = current_arrival.get()
    return arrival.memo["store"] if arrival else None


def _home() -> str:
    return settings().origin(tenants.current().slug)


def _decimal(amount: int, currency: str) -> str:
    parts = price_parts(amount, currency, trim=False)
    return f"{parts.whole.replace(',', '')}{parts.fraction}"


HANDLERS = [show_sharing, show_campaign_poster, show_campaign_card]
