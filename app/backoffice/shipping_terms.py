"""By when the store promises that orders leave, whether they go by themselves, and how well that is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

import tenants
from app import fulfillment
from app.backoffice import queries_punctuality as queries
from app.backoffice.frame import AnyRequest, form_values, show
from app.fulfillment import Terms
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

PAGE = "/fulfillment/terms"
MOST_HOLIDAYS = 60


class TermsForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    release: Literal["automatic", "manual"] = "automatic"
    hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 48
    cutoff: Annotated[str, msgspec.Meta(max_length=5)] = "17:00"
    weekends: bool = False
    holidays: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    warn_hours: Annotated[int, msgspec.Meta(ge=0, le=72)] = 4


@get(PAGE, permission="delivery.write")
async def show_terms(request: AnyRequest) -> Template:
    async with tenants.transaction():
        terms = await fulfillment.shipping_terms()
    return await _page(request, _values(terms))


@post(PAGE, permission="delivery.write")
async def change_terms(request: AnyRequest) -> Redirect | Template:
    values = form_values(await request.form())
    try:
        terms = _read(await read_form(request, TermsForm))
    except Refusal as refusal:
        return await _page(request, values, refusal)
    async with tenants.transaction():
        await fulfillment.change_shipping_terms(terms, by=viewer_of(request).name)
    return see_other(PAGE, flash=("ok", _("The shipping promise is saved; it counts for orders from now on")))


@get("/fulfillment/punctuality", permission="fulfillment.read")
async def show_punctuality(request: AnyRequest) -> Template:
    async with tenants.transaction():
        report = await queries.report()
    return await show(request, "fulfillment/punctuality.html", report=report, days=queries.DAYS)


def _read(form: TermsForm) -> Terms:
    """Raises InvalidInput."""
    faults = {}
    try:
        hour, minute = (int(part) for part in form.cutoff.split(":"))
        if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= 24 * 60):
            raise ValueError
    except ValueError:
        hour = minute = 0
        faults["cutoff"] = N_("Enter a time, for example 17:00.")
    try:
        holidays = tuple(sorted({date.fromisoformat(word) for word in form.holidays.replace(",", " ").split()}))
        if len(holidays) > MOST_HOLIDAYS:
            raise ValueError
    except ValueError:
        holidays = ()
        faults["holidays"] = N_("Enter days as 2026-10-01, at most 60 of them.")
    if faults:
        raise InvalidInput(faults)
    return Terms(
        release=form.release, hours=form.hours, cutoff_minute=hour * 60 + minute, weekends=form.weekends,
        holidays=holidays, warn_hours=form.warn_hours,
    )  # fmt: skip


def _values(terms: Terms) -> dict[str, Any]:
    cutoff = timedelta(minutes=terms.cutoff_minute)
    return {
        "release": terms.release, "hours": str(terms.hours), "cutoff": _clock(cutoff),
        "weekends": "on" if terms.weekends else "", "warn_hours": str(terms.warn_hours),
        "holidays": " ".join(day.isoformat() for day in terms.holidays),
    }  # fmt: skip


def _clock(since_midnight: timedelta) -> str:
    hours, rest = divmod(int(since_midnight.total_seconds()), 3600)
    return f"{hours:02d}:{rest // 60:02d}"


async def _page(request: AnyRequest, values: dict[str, Any], refusal: Refusal | None = None) -> Template:
    errors = translate_fields(refusal) if isinstance(refusal, InvalidInput) else {}
    problem = translate_refusal(refusal) if refusal and not errors else ""
    return await show(
        request, "fulfillment/terms.html", values=values, errors=errors, problem=problem,
        status_code=refusal.status if refusal else 200,
    )  # fmt: skip


HANDLERS = [show_terms, change_terms, show_punctuality]
