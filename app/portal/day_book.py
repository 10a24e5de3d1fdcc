"""The leader's day-book: one screen for the phone in the other hand while goods are handed out."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from litestar import get
from litestar.response import Template

import tenants
from app import materials
from app.flows.open_pack import changed_packs
from app.kernel.clock import now
from app.kernel.i18n import N_
from app.kernel.pages import page
from app.portal import chain_queries
from app.portal.chains import enter_as_leader
from app.portal.frame import AnyRequest

NOT_COLLECTED = timedelta(days=3)
LONG_AGO = timedelta(days=60)
YESTERDAY = timedelta(days=1)
TWO_WEEKS = timedelta(days=14)
WHY = {
    "aftersale": N_("A return or claim is open"),
    "canceled": N_("Called off: do not hand it out"),
    "parcel": N_("Something is wrong with the parcel"),
    "work_order": N_("The warehouse cannot send it"),
}


@get("/day-book", permission="signed_in")
async def show_day_book(request: AnyRequest) -> Template:
    place = await enter_as_leader(request)
    promoter, moment = place.promoter.id, now()
    async with tenants.transaction():
        waiting = await chain_queries.to_hand_out(promoter, moment - NOT_COLLECTED, moment + YESTERDAY)
        late = await chain_queries.to_hand_out(promoter, moment - LONG_AGO, moment - NOT_COLLECTED)
        troubles = await chain_queries.exceptions(promoter, moment - YESTERDAY)
        days = await chain_queries.commission_by_day(promoter, moment - TWO_WEEKS, place.tenant.time_zone)
        changes = await chain_queries.changes(promoter, moment - YESTERDAY)
        packs = await changed_packs(promoter, moment - YESTERDAY)
        lists = await _titles(promoter, moment)
    for change in changes["campaigns"]:
        change["prices"] = msgspec.json.decode(change["prices"] or b"[]")
    return page(
        "portal/day_book/show.html", tab="day-book", waiting=waiting, late=late, troubles=troubles, days=days,
        changes=changes, packs=packs, because=materials.BECAUSE, why=WHY, lists=lists,
    )  # fmt: skip


async def _titles(promoter: object, moment: datetime) -> dict[object, str]:
    rows = await tenants.connection().fetch(
        "SELECT id, title FROM campaign WHERE leader = $1 AND created_at > $2", promoter, moment - LONG_AGO * 3
    )
    return {row["id"]: row["title"] for row in rows}


HANDLERS = [show_day_book]
