"""The first page: what needs doing, then how it is going."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

import tenants
from app.backoffice import queries_dashboard as queries
from app.backoffice.frame import AnyRequest, show
from app.kernel.clock import now
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES

SPANS = (7, 30, 90)


@get("/", permission="dashboard.read")
async def show_dashboard(request: AnyRequest, days: FromQuery[int] = 30) -> Template:
    span = days if days in SPANS else 30
    async with tenants.transaction():
        context: dict[str, Any] = {
            "to_do": await queries.to_do(),
            "sales": await queries.sales(span, now()),
            "top": await queries.top_promoters(),
            "way": way_steps(await queries.way(span, now())),
            "shows": await queries.recent_shows(),
            "steps": await queries.steps_taken(),
        }
    hour = now().astimezone(ZoneInfo(tenants.current().time_zone)).hour
    return await show(
        request,
        "dashboard/show.html",
        span=span,
        spans=SPANS,
        greeting=_greeting(hour),
        unit=10 ** CURRENCIES[tenants.current().currency].exponent,
        change=change,
        **context,
    )


def _greeting(hour: int) -> str:
    if hour < 11:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")


def change(value: float, before: float) -> tuple[str, str] | None:
    """How far from before, in percent and its direction; nothing to compare with gives None."""
    if not before:
        return None
    percent = 100 * (value - before) / before
    return f"{abs(percent):.1f}%", "flat" if abs(percent) < 0.05 else "up" if percent > 0 else "down"


def way_steps(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The steps from order to door, each with its share of the step before."""
    words = {"placed": _("Ordered"), "paid": _("Paid"), "shipped": _("Shipped"), "delivered": _("Delivered")}
    steps: list[dict[str, Any]] = []
    for name, text in words.items():
        before = steps[-1]["value"] if steps else 0
        note = f"{100 * counts[name] / before:.1f}%" if before else ""
        steps.append({"label": text, "value": counts[name], "note": note})
    return steps


HANDLERS = [show_dashboard]
