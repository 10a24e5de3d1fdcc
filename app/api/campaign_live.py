"""A campaign as it moves: a small answer to ask for again and again, or a stream that tells by itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import Meta

import tenants
from app import group_buying, identity
from app.api.bodies import answer_bytes_same_for_all
from app.api.campaign_facts import Team
from app.api.campaign_shapes import Progress, campaign_shown
from app.api.described import described
from app.api.shapes import Left, Moment, Money
from app.flows import campaign_watch
from app.flows.campaign_offer import offer_of
from app.flows.campaign_seats import channel_of
from app.flows.campaign_watch import Look, Parts, View
from app.kernel import page_cache
from app.kernel.errors import NotFound
from app.kernel.limits import TooManyTries
from tenants import Tenant

AnyRequest = Request[Any, Any, Any]
STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}
EVERYBODY = View("")  # numbers only, so that one text serves every language
KEPT_SECONDS, MOST_KEPT = 1.0, 2_000


class LiveItem(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of a variant costs at this moment, and how many are left."""

    variant: UUID
    price: Money
    left: Left | None


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What moves of a campaign. Anything else about it is read once."""

    status: Annotated[str, Meta(description="scheduled, open, closed or settled")]
    is_running: bool
    ends_at: Moment | None
    progress: Progress
    items: list[LiveItem]
    count: Annotated[int | None, Meta(description="Ladder: how far what it counts is")]
    teams: Annotated[list[Team], Meta(description="Team price: teams with a free seat")]


@dataclass(frozen=True, slots=True)
class _Kept:
    """One text for everybody who asks within a second, unless the campaign is told to have changed."""

    until: float
    channel: str
    told: int
    body: bytes

    def holds(self) -> bool:
        return self.until > time.monotonic() and page_cache.tellings_of(self.channel) == self.told


_kept: OrderedDict[tuple[UUID, str], _Kept] = OrderedDict()


class CampaignLiveController(Controller):
    path = "/campaigns/{code:str}"

    @get("/live", **described("How far a campaign is", gives=Live, refuses=(NotFound,), same_for_all=True))
    async def show(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """Cheap to ask for every few seconds: as long as nothing moved, `If-None-Match` is answered with 304."""
        key = tenants.current().id, code
        kept = _kept.get(key)
        if kept is None or not kept.holds():
            kept = _kept[key] = await _read(code)
            _kept.move_to_end(key)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
        return answer_bytes_same_for_all(request, kept.body)

    @get(
        "/events",
        **described("Watch a campaign", gives=Live, refuses=(NotFound,), media="text/event-stream"),
    )
    async def watch(self, request: AnyRequest, code: FromPath[str]) -> Stream:
        """Server-sent events: `progress` with this as its data, at once and whenever it moves; lines that begin with a
        colon only keep the connection open. It ends after ten minutes; connect again."""
        tenant, address = tenants.current(), identity.client_address(request)
        async with tenants.transaction():
            campaign = await _public(code)
        if not campaign_watch.has_room(tenant.id, address):
            raise TooManyTries(seconds=60)
        events = campaign_watch.watch(
            channel_of(campaign.id), EVERYBODY, look_at(tenant, code), tenant_id=tenant.id, address=address,
            form="program",
        )  # fmt: skip
        return Stream(_progress_only(events), media_type="text/event-stream", headers=STREAM)


def look_at(tenant: Tenant, code: str) -> Look:
    """How the process looks at this campaign for every program that watches it."""

    async def look(views: set[View], known: object) -> tuple[object, Mapping[View, Parts]]:
        with tenants.bind(tenant):
            body = (await _read(code)).body
        return body, {} if body == known else {view: {"progress": body.decode()} for view in views}

    return look


async def _read(code: str) -> _Kept:
    """Raises NotFound."""
    async with tenants.transaction():
        campaign = await _public(code)
        channel = channel_of(campaign.id)
        told = page_cache.tellings_of(channel)
        shown = await campaign_shown(await offer_of(campaign.id))
    live = Live(
        status=shown.status, is_running=shown.is_running, ends_at=shown.ends_at, progress=shown.progress,
        items=[LiveItem(variant=each.variant, price=each.price, left=each.left) for each in shown.items],
        count=shown.facts.count, teams=shown.facts.teams,
    )  # fmt: skip
    return _Kept(time.monotonic() + KEPT_SECONDS, channel, told, msgspec.json.encode(live))


async def _public(code: str) -> group_buying.Campaign:
    campaign = await group_buying.find_by_code(code)
    if not campaign.is_public:
        raise NotFound
    return campaign


async def _progress_only(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Without the word to pages that something changed: a program is told what."""
    async for message in events:
        said = message.replace(campaign_watch.CHANGED, b"")
        if said:
            yield said
