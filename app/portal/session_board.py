"""The board of one live session for its hosts: what it sells, by whom and through whose links, as it happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jinja2 import Environment
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream, Template

import tenants
from app import live
from app.flows import contest_board, session_watch
from app.flows.session_board import Board
from app.kernel import i18n
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.live import LiveSession
from app.portal import queries
from app.portal.frame import AnyRequest, Place, enter
from app.portal.links import address_of

STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}


@get("/live/{session_id:uuid}", permission="signed_in")
async def show_session(request: AnyRequest, session_id: FromPath[UUID]) -> Template:
    """The board of one session. Somebody else's is not there."""
    place = await enter(request)
    board = await session_watch.read_for(await own_session(place, session_id))
    async with tenants.transaction():
        link = await _link_on_air(place.promoter.id, board)
        purse = await queries.purse(place.promoter.id, place.tenant.currency)
        duels = await contest_board.boards_of_session(session_id, await live.hosts_of(board.session))
    return page(
        "portal/live/show.html", tab="live", link=link, purse=purse, duels=duels,
        url=address_of(place, link["code"]) if link else "", next_slot=_next(board), **facts(board, place),
    )  # fmt: skip


@get("/live/{session_id:uuid}/stream", permission="signed_in")
async def stream_session(request: AnyRequest, session_id: FromPath[UUID]) -> Response[Any] | Stream:
    """The board drawn anew whenever something changed; `over` when the session has ended. Takes up a broken one."""
    place = await enter(request)
    await own_session(place, session_id)
    if not session_watch.has_room(place.tenant.id):
        return Response(b"", status_code=429, headers={"retry-after": "60", **STREAM})
    engine: Any = request.app.template_engine
    seen = request.headers.get("last-event-id", "")
    events = session_watch.watch(place.tenant, session_id, _view(place, engine.engine), seen=seen)
    return Stream(events, media_type="text/event-stream", headers=STREAM)


async def own_session(place: Place, session_id: UUID) -> LiveSession:
    """Raises NotFound, also for a session of others."""
    async with tenants.transaction():
        session = await live.find(session_id)
        if place.promoter.id not in await live.hosts_of(session):
            raise NotFound
    return session


def facts(board: Board, place: Place) -> dict[str, Any]:
    """What the part of the page that moves is drawn from."""
    me = place.promoter.id
    return {
        "board": board, "session": board.session, "currency": place.tenant.currency, "me": me,
        "mine": board.sold_by(me), "commission": board.commission_of(me),
    }  # fmt: skip


def _view(place: Place, environment: Environment) -> session_watch.View:
    """A host sees their own commission beside what is the same for all."""
    locale = i18n.current_locale.get()

    def draw(board: Board) -> dict[str, str]:
        i18n.current_locale.set(locale)
        known = {"locale": locale, **facts(board, place)}
        return {part: environment.get_template(f"portal/live/_{part}.html").render(known) for part in ("board", "side")}

    return session_watch.View(("portal", locale, place.promoter.id), draw)


def _next(board: Board) -> Any:
    """What the plan shows next."""
    return next((slot for slot in board.slots if slot["status"] == "planned"), None)


async def _link_on_air(me: UUID, board: Board) -> dict[str, Any] | None:
    """The host's own link in this session: to what is on air, else to the whole session."""
    product = board.on_air["product"] if board.on_air else None
    rows = await queries.link_rows(me, session=board.session.id, most=200)
    fitting = [row for row in rows if row["product"] in (product, None) and not row["campaign"]]
    return max(fitting, key=lambda row: row["product"] == product, default=None) or next(iter(rows), None)


HANDLERS = [show_session, stream_session]
