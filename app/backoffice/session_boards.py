"""The board of one live session as the merchant sees it: everybody's sales and commission, as it happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jinja2 import Environment
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream, Template

import tenants
from app import live
from app.backoffice.frame import AnyRequest, show
from app.flows import session_watch
from app.flows.session_board import Board
from app.kernel import i18n

STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}


@get("/shows/{session_id:uuid}", permission="promoters.read")
async def show_board(request: AnyRequest, session_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        session = await live.find(session_id)
    board = await session_watch.read_for(session)
    return await show(request, "shows/show.html", board=board, session=board.session, platforms=live.PLATFORMS)


@get("/shows/{session_id:uuid}/stream", permission="promoters.read")
async def stream_board(request: AnyRequest, session_id: FromPath[UUID]) -> Response[Any] | Stream:
    """The board drawn anew whenever something changed; `over` when the session has ended. Takes up a broken one."""
    tenant = tenants.current()
    async with tenants.transaction():
        await live.find(session_id)
    if not session_watch.has_room(tenant.id):
        return Response(b"", status_code=429, headers={"retry-after": "60", **STREAM})
    engine: Any = request.app.template_engine
    seen = request.headers.get("last-event-id", "")
    events = session_watch.watch(tenant, session_id, _view(tenant.currency, engine.engine), seen=seen)
    return Stream(events, media_type="text/event-stream", headers=STREAM)


def _view(currency: str, environment: Environment) -> session_watch.View:
    locale = i18n.current_locale.get()

    def draw(board: Board) -> dict[str, str]:
        i18n.current_locale.set(locale)
        template = environment.get_template("backoffice/shows/_board.html")
        return {"board": template.render(locale=locale, board=board, session=board.session, currency=currency)}

    return session_watch.View(("backoffice", locale), draw)


HANDLERS = [show_board, stream_board]
