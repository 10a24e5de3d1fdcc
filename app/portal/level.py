"""The host's level in the store, what is missing to the next, and the terms the store asks them to accept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import attribution, promoters
from app.kernel.clock import now
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, enter


@get("/level", permission="signed_in")
async def show_level(request: AnyRequest) -> Template:
    place = await enter(request)
    async with tenants.transaction():
        policy, levels = await promoters.read_policy(), await promoters.levels()
        since = now() - timedelta(days=policy.level_window_days)
        net_amount = await attribution.net_sales_of(place.promoter.id, since)
        changes = await promoters.level_changes(place.promoter.id)
        above = [await promoters.find(each) for each in (await promoters.uplines_of(place.promoter.id))[:1]]
        terms = await promoters.current_terms()
        accepted = await promoters.accepted_at(place.promoter.id, terms)
    level = next((one for one in levels if one.id == place.promoter.level), None)
    following = next((one for one in levels if one.from_net_amount > net_amount), None)
    return page(
        "portal/level/show.html", tab="earnings", policy=policy, levels=levels, level=level, following=following,
        net_amount=net_amount, changes=changes, above=above, terms=terms, accepted_at=accepted,
    )  # fmt: skip


@post("/terms/{terms_id:uuid}/accept", permission="signed_in")
async def accept(request: AnyRequest, terms_id: FromPath[UUID]) -> Redirect:
    """Only the newest version can be accepted: an older one was replaced while it was read."""
    place = await enter(request)
    async with tenants.transaction():
        read, newest = await promoters.find_terms(terms_id), await promoters.current_terms()
        if newest and newest.id != read.id:
            return see_other("/level#terms", flash=("bad", _("The terms have changed meanwhile. Read them once more.")))
        await promoters.accept_terms(place.promoter.id, read.id)
    return see_other("/level#terms", flash=("ok", _("You accepted the terms")))


HANDLERS = [show_level, accept]
