"""The fulfillment board: lanes of batches, and what can be done with the chosen ones at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice import history
from app.backoffice import queries_board as queries
from app.backoffice.frame import AnyRequest, show
from app.backoffice.queries_board import Sieve
from app.flows.release_work_order import HoldInTheWay, hold_work_order, release_work_order
from app.flows.retry_fulfillment import retry_fulfillment
from app.flows.stop_work_order import ask_to_stop
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import ngettext, translate_refusal
from app.kernel.pages import see_other

MOST_AT_ONCE = 500
WAVES = "/fulfillment/waves"
Deed = Callable[[UUID, str], Awaitable[None]]


class WorkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`card` is `lane:batch`, as the board shows it; `batch` is the one whose page was shown."""

    card: Annotated[list[Annotated[str, msgspec.Meta(max_length=60)]], msgspec.Meta(max_length=200)] = []
    work_order: Annotated[list[UUID], msgspec.Meta(max_length=MOST_AT_ONCE)] = []
    deed: Literal["push", "hold", "move", "retry", "pick"] = "push"
    warehouse: str = ""
    batch: str = ""


@get("/fulfillment", permission="fulfillment.read")
async def show_board(
    request: AnyRequest, warehouse: FromQuery[str] = "", campaign: FromQuery[str] = "", leader: FromQuery[str] = "",
    day: FromQuery[str] = "", product: FromQuery[str] = "", sla: FromQuery[str] = "",
) -> Template:  # fmt: skip
    chosen = {
        "warehouse": warehouse, "campaign": campaign, "leader": leader, "day": day, "product": product, "sla": sla,
    }  # fmt: skip
    sieve = Sieve(_id(warehouse), _id(campaign), _id(leader), _day(day), product.strip()[:80], sla)
    async with tenants.transaction():
        hubs = await queries.hubs()
        lanes = queries.expected(await queries.lanes(sieve), hubs)
        context: dict[str, Any] = {
            "hubs": hubs, "warehouses": await fulfillment.warehouses(),
            "choices": await queries.choices(), "counts": await fulfillment.open_exceptions(),
            "terms": await fulfillment.shipping_terms(),
        }  # fmt: skip
    cutoff = fulfillment.cutoff_today(context["terms"], tenants.current().time_zone)
    filtered = {name: value for name, value in chosen.items() if value}
    return await show(
        request, "fulfillment/board.html", lanes=lanes, chosen=chosen, filtered=filtered, cutoff=cutoff,
        kept=urlencode(filtered), **context,
    )  # fmt: skip


@get("/fulfillment/batches/{batch_id:uuid}", permission="fulfillment.read")
async def show_batch(request: AnyRequest, batch_id: FromPath[UUID]) -> Template:
    """The work orders of one batch, by lane."""
    async with tenants.transaction():
        batch = await fulfillment.find_batch(batch_id)
        rows = await queries.work_of(batch_id, Sieve())
        places = await fulfillment.warehouses()
    return await show(request, "fulfillment/batch.html", batch=batch, rows=rows, warehouses=places)


@post("/fulfillment/work", permission="fulfillment.write")
async def work(request: AnyRequest) -> Redirect | Template:
    """Do one thing with everything chosen; what refuses is listed, the rest is done all the same."""
    form = await read_form(request, WorkForm)
    async with tenants.transaction():
        chosen = [*form.work_order, *(await queries.chosen_work(form.card) if form.card else [])]
        names = await queries.references(chosen)
    back = f"/fulfillment/batches/{_id(form.batch)}" if _id(form.batch) else "/fulfillment"
    if not chosen:
        raise InvalidInput({"card": "Choose a batch or an order first."})
    if len(chosen) > MOST_AT_ONCE:
        raise InvalidInput({"card": "Choose fewer: 500 orders at once at the most."})
    if form.deed == "pick":
        return await _pick(chosen, viewer_of(request).name)
    deed = await _moving_to(_id(form.warehouse)) if form.deed == "move" else DEEDS[form.deed]
    done, refused = await _each(list(dict.fromkeys(chosen)), deed, viewer_of(request).name)
    if refused:
        rows = [{"name": names.get(work_order, ""), "words": words} for work_order, words in refused]
        return await show(request, "fulfillment/outcome.html", said=_said(form.deed, done), refused=rows, back=back)
    return see_other(back, flash=("ok", _said(form.deed, done)))


async def _pick(chosen: Sequence[UUID], by: str) -> Redirect:
    """A wave of exactly these, or one for each of their warehouses. Raises NothingToPick."""
    async with tenants.transaction():
        waves = await fulfillment.open_waves_of(chosen, by=by)
    many, out = sum(waves.values()), len(set(chosen)) - sum(waves.values())
    words = ngettext("%(num)s order is in the wave", "%(num)s orders are in the wave", many, num=many)
    if out:
        left = ngettext("%(num)s cannot be picked now", "%(num)s cannot be picked now", out, num=out)
        words = f"{words} · {left}"
    return see_other(
        f"{WAVES}/{next(iter(waves))}" if len(waves) == 1 else WAVES, flash=("info" if out else "ok", words)
    )


async def _each(chosen: Sequence[UUID], deed: Deed, actor: str) -> tuple[int, list[tuple[UUID, str]]]:
    """How many it was done with, and why not with the others."""
    done, refused = 0, []
    for work_order in chosen:
        try:
            await deed(work_order, actor)
        except NotFound:
            raise
        except Refusal as refusal:
            refused.append((work_order, _why_not(refusal)))
        else:
            done += 1
    return done, refused


def _why_not(refusal: Refusal) -> str:
    """With the hold that stands in the way."""
    words = translate_refusal(refusal)
    return f"{history.refusal(refusal.reason)}. {words}" if isinstance(refusal, HoldInTheWay) else words


async def _push(work_order: UUID, actor: str) -> None:
    await release_work_order(work_order, actor=actor)


async def _hold(work_order: UUID, actor: str) -> None:
    await hold_work_order(work_order, actor=actor)


async def _retry(work_order: UUID, _actor: str) -> None:
    await retry_fulfillment(work_order)


async def _moving_to(place: UUID | None) -> Deed:
    """Raises InvalidInput without a warehouse, and NotFound for one the store does not have."""
    if place is None:
        raise InvalidInput({"warehouse": "Choose a warehouse."})
    async with tenants.transaction():
        await fulfillment.warehouse(place)

    async def move(work_order: UUID, actor: str) -> None:
        await ask_to_stop(work_order, "move", {"warehouse": str(place)}, actor=actor)

    return move


DEEDS: dict[str, Deed] = {"push": _push, "hold": _hold, "retry": _retry}


def _said(deed: str, done: int) -> str:
    if deed == "hold":
        return ngettext("%(num)s order is held", "%(num)s orders are held", done, num=done)
    if deed == "move":
        return ngettext("%(num)s order changes its warehouse", "%(num)s orders change their warehouse", done, num=done)
    if deed == "retry":
        return ngettext("%(num)s order is sent again", "%(num)s orders are sent again", done, num=done)
    return ngettext("%(num)s order goes to its warehouse", "%(num)s orders go to their warehouse", done, num=done)


def _id(text: str) -> UUID | None:
    """Something that is no id filters nothing."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


HANDLERS = [show_board, show_batch, work]
