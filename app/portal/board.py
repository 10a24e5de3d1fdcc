"""The host's board: one number to read at arm's length, kept fresh by nudges over SSE."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import get
from litestar.response import ServerSentEvent, ServerSentEventMessage, Template

import tenants
from app import live
from app.kernel.clock import now
from app.kernel.events import subscribe
from app.kernel.pages import page
from app.portal import queries
from app.portal.frame import AnyRequest, Place, enter

HEARTBEAT_SECONDS = 10.0
GATHER_SECONDS = 0.4
LONGEST = timedelta(minutes=10)


@get("/", permission="signed_in")
async def show_board(request: AnyRequest) -> Template:
    place = await enter(request)
    return page("portal/board/show.html", tab="board", **await board_of(place))


@get("/board/figures", permission="signed_in")
async def show_figures(request: AnyRequest) -> Template:
    """The part of the board that changes; asked for again after each nudge."""
    place = await enter(request)
    return page("portal/board/_figures.html", **await board_of(place))


@get("/board/stream", permission="signed_in")
async def stream_board(request: AnyRequest) -> ServerSentEvent:
    """Says "changed" when there is something new; the browser then asks for the figures. Ends and resumes by itself."""
    place = await enter(request)
    return ServerSentEvent(nudges(place.channel), headers={"cache-control": "no-store", "x-accel-buffering": "no"})


async def board_of(place: Place) -> dict[str, Any]:
    """Today's figures of the host's links."""
    promoter = place.promoter.id
    async with tenants.transaction():
        return {
            "figures": await queries.figures(promoter, _midnight(place.tenant.time_zone)),
            "minutes": await queries.minutes(promoter),
            "links": await queries.link_rows(promoter, most=12),
            "feed": await queries.feed(promoter),
            "minutes_from": now() - timedelta(minutes=queries.MINUTES),
            "on_air": next((one for one in await live.sessions_of(promoter) if one.status == "live"), None),
            "as_of": now(),
        }


def _midnight(zone: str) -> datetime:
    return now().astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


async def nudges(channel: str) -> AsyncIterator[ServerSentEventMessage]:
    """One "changed" for whatever happened within a moment, and one per heartbeat in case a nudge was lost."""
    changed = asyncio.Event()

    async def listen() -> None:
        async for kind in subscribe(channel, heartbeat=HEARTBEAT_SECONDS):
            if kind != "beat":
                changed.set()

    listener = asyncio.create_task(listen())
    ends_at = now() + LONGEST
    try:
        yield ServerSentEventMessage(event="ready", data="", retry=2_000)
        while now() < ends_at:
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
            changed.clear()
            yield ServerSentEventMessage(event="changed", data="")
            await asyncio.sleep(GATHER_SECONDS)
    finally:
        listener.cancel()


HANDLERS = [show_board, show_figures, stream_board]
