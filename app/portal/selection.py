"""Selection rounds a promoter may vote in: choosing, saying how many would sell, proposing, and the result."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import selection
from app.flows import run_selection
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_, translate_errors, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter

UNITS = "units_"


@get("/selection", permission="signed_in")
async def show_rounds(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        rounds = await selection.rounds_for(place.promoter.id)
    return page("portal/selection/index.html", rounds=rounds)


@get("/selection/{selection_round_id:uuid}", permission="signed_in")
async def show_round(request: AnyRequest, selection_round_id: FromPath[UUID]) -> Template:
    return await _round(await enter(request), selection_round_id)


@post("/selection/{selection_round_id:uuid}", permission="signed_in")
async def cast(request: AnyRequest, selection_round_id: FromPath[UUID]) -> Redirect:
    """The whole ballot; sending it again replaces it."""
    place, form = await enter(request), await request.form()
    here = f"/selection/{selection_round_id}"
    try:
        await run_selection.vote(selection_round_id, place.promoter, _ballot(form))
    except NotFound:
        raise
    except Refusal as refusal:
        words = " ".join(translate_errors(refusal, "").values())
        return see_other(here, flash=("bad", words))
    return see_other(here, flash=("ok", _("Your ballot is kept. You can change it until the round ends.")))


@post("/selection/{selection_round_id:uuid}/proposals", permission="signed_in")
async def propose(request: AnyRequest, selection_round_id: FromPath[UUID]) -> Template | Redirect:
    place = await enter(request)
    values = {name: str(value).strip() for name, value in (await request.form()).items()}
    try:
        price = _price(values.get("price", ""), place.tenant.currency)
        await run_selection.propose(
            selection_round_id, place.promoter, title=values.get("title", ""), words=values.get("words", ""),
            price_amount=price,
        )  # fmt: skip
    except NotFound:
        raise
    except InvalidInput as refusal:
        return await _round(place, selection_round_id, values, translate_errors(refusal, ""))
    except Refusal as refusal:
        return see_other(f"/selection/{selection_round_id}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/selection/{selection_round_id}", flash=("ok", _("Proposed. Everybody in the round sees it.")))


@post("/selection/{selection_round_id:uuid}/withdrawal", permission="signed_in")
async def take_back(request: AnyRequest, selection_round_id: FromPath[UUID]) -> Redirect:
    """The whole ballot. Raises NotFound."""
    place = await enter(request)
    return await _undone(
        selection_round_id, run_selection.take_ballot_back(selection_round_id, place.promoter),
        _("Your ballot is taken back. You can vote again until the round ends."),
    )  # fmt: skip


@post("/selection/{selection_round_id:uuid}/proposals/{selection_candidate_id:uuid}/withdrawal", permission="signed_in")
async def withdraw(
    request: AnyRequest, selection_round_id: FromPath[UUID], selection_candidate_id: FromPath[UUID]
) -> Redirect:
    """Only one's own. Raises NotFound."""
    place = await enter(request)
    return await _undone(
        selection_round_id, run_selection.withdraw(selection_round_id, selection_candidate_id, place.promoter),
        _("Withdrawn. Whoever had voted for it can choose again."),
    )  # fmt: skip


async def _undone(round_id: UUID, undoing: Awaitable[None], words: str) -> Redirect:
    try:
        await undoing
    except selection.RoundOver as refusal:
        return see_other(f"/selection/{round_id}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/selection/{round_id}", flash=("ok", words))


async def _round(
    place: Place, round_id: UUID, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    """Raises NotFound for a round this promoter has no vote in."""
    async with tenants.transaction():
        found = await selection.require_voter(round_id, place.promoter.id)
        standing = await selection.standing(round_id)
        mine, left = await selection.ballot_of(round_id, place.promoter.id), await selection.left_of(round_id)
        proposed = await selection.proposed_by(round_id, place.promoter.id)
    return page(
        "portal/selection/show.html", status_code=422 if errors else 200, round=found, standing=standing, mine=mine,
        left=left, is_open=found.takes_votes(),
        may_propose=found.takes_proposals and proposed < selection.MOST_PROPOSALS,
        winner=next((each for each in standing if each.won_at), None), values=values or {}, errors=errors or {},
        symbol=CURRENCIES[place.tenant.currency].symbol,
    )  # fmt: skip


def _ballot(form: Any) -> dict[UUID, int]:
    """Ticked candidates with their units. Raises InvalidInput."""
    wanted = {}
    for text in form.getall("candidate", []):
        units = str(form.get(f"{UNITS}{text}") or "0").strip()
        try:
            wanted[UUID(str(text))] = int(units) if units.isdecimal() and len(units) < 7 else -1
        except ValueError as error:
            raise NotFound from error
    return wanted


def _price(text: str, currency: str) -> int | None:
    try:
        price = parse_amount(text, currency) if text else None
    except InvalidAmount as error:
        raise InvalidInput({"price": error.message}) from error
    if price is not None and price < 1:
        raise InvalidInput({"price": N_("Enter a price.")})
    return price


HANDLERS = [show_rounds, show_round, cast, take_back, propose, withdraw]
