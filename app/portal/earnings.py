"""What a host has earned, line by line, and why each amount is what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import commissions, contests, external_sales, payouts, promoters
from app.flows.commission_story import story_of
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.money import CURRENCIES
from app.kernel.pages import page
from app.payouts import Policy
from app.portal import queries
from app.portal.frame import AnyRequest, enter
from tenants import Tenant

PER_PAGE = 50
FARTHEST = 1_000_000
CHART_DAYS = 30
STATES = {
    "estimated": (N_("Unpaid"), "warn", N_("Counts once the order is paid.")),
    "accrued": (N_("Paid"), "ok", N_("Becomes yours when the customer has received the goods.")),
    "earned": (N_("Received"), "ok", N_("A return is open; its end decides when this is due.")),
    "frozen": (N_("Frozen"), "info", N_("Released after the return period.")),
    "available": (N_("Ready to withdraw"), "ok", ""),
    "reserved": (N_("In a withdrawal"), "info", ""),
    "paid": (N_("Paid out"), "ok", ""),
    "held": (N_("Held for review"), "warn", ""),
    "reversed": (N_("Taken back"), "bad", N_("The order was refunded.")),
    "canceled": (N_("Canceled"), "", N_("The order ended unpaid.")),
}
ROLES = commissions.words.ROLES


@get("/earnings", permission="signed_in")
async def show_earnings(request: AnyRequest, start: FromQuery[int] = 0) -> Template:
    place = await enter(request)
    start = min(max(start, 0), FARTHEST)
    async with tenants.transaction():
        rows = await queries.earnings(place.promoter.id, PER_PAGE + 1, start)
        purse = await queries.purse(place.promoter.id, place.tenant.currency)
        days = _days(await queries.expected(place.promoter.id, place.tenant.currency), place.tenant)
        policy = await payouts.read_policy()
        waiting = await payouts.payouts_of(place.promoter.id, most=3)
        awards = await contests.awards_to(place.promoter.id, most=5)
        terms = await promoters.current_terms()
        to_accept = terms is not None and not await promoters.accepted_at(place.promoter.id, terms)
    return page(
        "portal/earnings/index.html", tab="earnings", states=STATES, roles=ROLES, days=days, policy=policy,
        rows=[row | {"due_at": _due_at(row, policy)} for row in rows[:PER_PAGE]], purse=purse, payouts=waiting,
        words=payouts.words, to_accept=to_accept, platforms=external_sales.words.PLATFORMS,
        awards=awards,
        previous=f"/earnings?start={max(start - PER_PAGE, 0)}" if start else "",
        next=f"/earnings?start={start + PER_PAGE}" if len(rows) > PER_PAGE else "",
    )  # fmt: skip


def _days(found: Mapping[date, int], tenant: Tenant) -> dict[str, Any]:
    """The next thirty days with what becomes the promoter's, for the chart; and what comes after them."""
    zone = ZoneInfo(tenant.time_zone)
    today = now().astimezone(zone).date()
    shown = [today + timedelta(days=ahead) for ahead in range(CHART_DAYS)]
    amounts = [sum(found[day] for day in found if day <= today), *(found.get(day, 0) for day in shown[1:])]
    unit = 10 ** CURRENCIES[tenant.currency].exponent
    return {
        "names": [f"{day.month}/{day.day}" for day in shown],
        "units": [float(Decimal(amount) / unit) for amount in amounts],
        "list": [(datetime.combine(day, time(12), zone), found[day]) for day in sorted(found)[:6]],
        "total": sum(amounts), "later": sum(found[day] for day in found if day > shown[-1]),
    }  # fmt: skip


def _due_at(row: Mapping[str, Any], policy: Policy) -> datetime | None:
    """When this line can be withdrawn: the day that was set, or as it looks while the goods are on their way."""
    if row["status"] == "frozen":
        settled: datetime | None = row["settle_at"]
        return settled
    if row["left_at"] is None:
        return None
    travel = timedelta(0) if row["arrived"] else timedelta(days=policy.received_after_days)
    due: datetime = row["left_at"] + travel + policy.freeze
    return due


@get("/commissions/{commission_line_id:uuid}", permission="signed_in")
async def show_commission(request: AnyRequest, commission_line_id: FromPath[UUID]) -> Template:
    """Why the amount is what it is; for whoever earns it, nobody else."""
    place = await enter(request)
    async with tenants.transaction():
        story = await story_of(commission_line_id)
    if story.line.promoter != place.promoter.id:
        raise NotFound
    return page(
        "portal/commissions/show.html", tab="earnings", story=story, words=commissions.words,
        platforms=external_sales.words,
    )  # fmt: skip


HANDLERS = [show_earnings, show_commission]
