"""A campaign's page as it moves: the stream of its parts, drawn once for everybody who watches."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from jinja2 import Environment
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

import tenants
from app import group_buying, identity
from app.flows import campaign_watch
from app.flows.campaign_offer import Offer, offer_of
from app.flows.campaign_seats import channel_of
from app.flows.campaign_watch import Look, Parts, View
from app.flows.campaign_words import summary
from app.kernel import formats, i18n
from app.kernel.errors import NotFound
from app.store import profile_for_page
from app.storefront.campaign_kinds import kind_page
from app.storefront.campaigns import left_of
from infra.settings import settings
from tenants import Tenant

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
LONGEST_QUERY = 200
NOTHING = "storefront/campaigns/_nothing.html"


@get("/campaigns/{code:str}/stream", permission="public")
async def stream_campaign(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any] | Stream:
    """The moving parts as they change: `price`, `progress`, `summary`, and `changed` for what a page asks for itself.

    The page's query comes along, so that a kind draws the part its page shows. Raises NotFound.
    """
    tenant, address = tenants.current(), identity.client_address(request)
    async with tenants.transaction():
        campaign = await group_buying.find_by_code(code)
    if not campaign.is_public:
        raise NotFound
    if not campaign_watch.has_room(tenant.id, address):
        return Response(b"", status_code=429, headers={"retry-after": "60", **HEADERS})
    kind = kind_page(campaign.kind)
    query = tuple((name, str(request.query_params.get(name, ""))[:LONGEST_QUERY]) for name in kind.watched_by)
    view = View(i18n.current_locale.get(), query)
    engine: Any = request.app.template_engine
    look = look_at(tenant, code, engine.engine)
    events = campaign_watch.watch(channel_of(campaign.id), view, look, tenant_id=tenant.id, address=address)
    return Stream(events, media_type="text/event-stream", headers=HEADERS)


def look_at(tenant: Tenant, code: str, environment: Environment) -> Look:
    """How the process looks at this campaign for everybody who watches it."""

    async def look(views: set[View], known: object) -> tuple[object, Mapping[View, Parts]]:
        with tenants.bind(tenant):
            async with tenants.transaction():
                campaign = await group_buying.find_by_code(code)
                offer = await offer_of(campaign.id)
                page = kind_page(campaign.kind)
                state = (
                    campaign, campaign.is_running(), tuple(offer.items.values()), await page.moving_state(offer)
                )  # fmt: skip
                if state == known:
                    return state, {}
                left = await left_of(offer)
                facts: dict[View, dict[str, Any]] = {}
                for view in views:
                    with suppress(NotFound):  # a query that names nothing: that page alone stays as it is
                        facts[view] = await page.moving_facts(offer, dict(view.query))
            store = await profile_for_page(tenant)
        formats.current_zone.set(tenant.time_zone)
        known_to_all = {"store": store, "origin": settings().origin, "path": f"/campaigns/{code}", "left": left}
        return state, {view: _draw(environment, offer, view, {**known_to_all, **own}) for view, own in facts.items()}

    return look


def _draw(environment: Environment, offer: Offer, view: View, facts: dict[str, Any]) -> Parts:
    i18n.current_locale.set(view.locale)
    campaign = offer.campaign
    context = {
        "locale": view.locale, "campaign": campaign, "offer": offer, "running": campaign.is_running(),
        "items": [item for item in offer.items.values() if item.active], "words": group_buying.words,
        "pushed": True, **facts,
    }  # fmt: skip
    moving = kind_page(campaign.kind).moving_part(campaign, dict(view.query))
    templates = {"price": ["storefront/campaigns/_price.html"], "progress": [moving, NOTHING]}
    drawn = {name: environment.select_template(names).render(context) for name, names in templates.items()}
    return drawn | {campaign_watch.SUMMARY: summary(offer, facts["store"].currency)}
