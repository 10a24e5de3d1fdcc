"""What a host has earned, line by line, and why each amount is what it is."""

from __future__ import annotations

from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app import commissions, payouts, promoters
from app.flows.commission_story import story_of
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.pages import page
from app.portal import queries
from app.portal.frame import AnyRequest, enter

PER_PAGE = 50
FARTHEST = 1_000_000
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
        waiting = await payouts.payouts_of(place.promoter.id, most=3)
        terms = await promoters.current_terms()
        to_accept = terms is not None and not await promoters.accepted_at(place.promoter.id, terms)
    return page(
        "portal/earnings/index.html", tab="earnings", rows=rows[:PER_PAGE], states=STATES, roles=ROLES,
        purse=purse, payouts=waiting, words=payouts.words, to_accept=to_accept,
        previous=f"/earnings?start={max(start - PER_PAGE, 0)}" if start else "",
        next=f"/earnings?start={start + PER_PAGE}" if len(rows) > PER_PAGE else "",
    )  # fmt: skip


@get("/commissions/{commission_line_id:uuid}", permission="signed_in")
async def show_commission(request: AnyRequest, commission_line_id: FromPath[UUID]) -> Template:
    """Why the amount is what it is; for whoever earns it, nobody else."""
    place = await enter(request)
    async with tenants.transaction():
        story = await story_of(commission_line_id)
    if story.line.promoter != place.promoter.id:
        raise NotFound
    return page("portal/commissions/show.html", tab="earnings", story=story, words=commissions.words)


HANDLERS = [show_earnings, show_commission]
