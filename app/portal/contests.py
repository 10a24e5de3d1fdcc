"""Contests a host stands in: the board as it lives, the final copy with the orders behind it, and what was won."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import ServerSentEvent, Template

import tenants
from app import contests
from app.flows import contest_board, contest_count
from app.flows.contest_board import Board
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.portal.board import nudges
from app.portal.frame import AnyRequest, Place, enter


@get("/contests", permission="signed_in")
async def show_contests(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        boards = [await contest_board.board_of(one) for one in await contests.contests_of(place.promoter.id, most=30)]
        awards = await contests.awards_to(place.promoter.id)
    return page(
        "portal/contests/index.html", tab="live", boards=boards, awards=awards, me=place.promoter.id,
        words=contests.words,
    )  # fmt: skip


@get("/contests/stream", permission="signed_in")
async def stream_contests(request: AnyRequest) -> ServerSentEvent:
    """Says "changed" whenever something may count; the browser then asks for the board. Ends and resumes by itself."""
    place = await enter(request)
    return ServerSentEvent(
        nudges(contests.channel(place.tenant.id)), headers={"cache-control": "no-store", "x-accel-buffering": "no"}
    )


@get("/contests/{contest_id:uuid}", permission="signed_in")
async def show_contest(request: AnyRequest, contest_id: FromPath[UUID]) -> Template:
    place = await enter(request)
    board = await _own(place, contest_id)
    async with tenants.transaction():
        if board.contest.is_final:
            orders = await contests.frozen_orders(contest_id, promoter=place.promoter.id)
        else:
            orders = await contest_count.orders_of(contest_id, place.promoter.id)
        awards = [one for one in await contests.awards_of(contest_id) if one.promoter == place.promoter.id]
    return page(
        "portal/contests/show.html", tab="live", orders=orders, awards=awards, **_facts(place, board),
    )  # fmt: skip


@get("/contests/{contest_id:uuid}/figures", permission="signed_in")
async def show_figures(request: AnyRequest, contest_id: FromPath[UUID]) -> Template:
    """The part of the page that changes; asked for again after each nudge."""
    place = await enter(request)
    return page("portal/contests/_board.html", **_facts(place, await _own(place, contest_id)))


@get("/prizes/{contest_award_id:uuid}", permission="signed_in")
async def show_prize(request: AnyRequest, contest_award_id: FromPath[UUID]) -> Template:
    """Why a prize is what it is; for whoever has won it, nobody else."""
    place = await enter(request)
    async with tenants.transaction():
        award = await contests.find_award(contest_award_id)
        if award.promoter != place.promoter.id:
            raise NotFound
        board = await contest_board.board_of(await contests.find(award.contest))
        corrections = await contests.corrections_of(award.id)
    return page(
        "portal/contests/prize.html", award=award, corrections=corrections, **(_facts(place, board)), tab="earnings",
    )  # fmt: skip


async def _own(place: Place, contest_id: UUID) -> Board:
    """Raises NotFound, also for one the host does not stand in, and for a draft."""
    async with tenants.transaction():
        contest = await contests.find(contest_id)
        board = await contest_board.board_of(contest)
    if contest.status == "draft" or board.row_of(place.promoter.id) is None:
        raise NotFound
    return board


def _facts(place: Place, board: Board) -> dict[str, Any]:
    return {
        "board": board, "contest": board.contest, "me": place.promoter.id, "mine": board.row_of(place.promoter.id),
        "currency": place.tenant.currency, "words": contests.words,
    }  # fmt: skip


HANDLERS = [show_contests, stream_contests, show_contest, show_figures, show_prize]
