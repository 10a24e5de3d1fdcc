"""The shoppers bound to a sharer, masked, and the code by which shoppers name the sharer."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

import tenants
from app import attribution
from app.kernel.clock import now
from app.kernel.pages import page
from app.portal import queries
from app.portal.frame import AnyRequest, enter

PER_PAGE = 50
FARTHEST = 1_000_000


@get("/shoppers", permission="signed_in")
async def show_shoppers(request: AnyRequest, start: FromQuery[int] = 0) -> Template:
    place = await enter(request)
    start = min(max(start, 0), FARTHEST)
    async with tenants.transaction():
        code = await attribution.sharer_code_of(place.promoter.id) if place.promoter.status == "approved" else ""
        rows = await queries.bound_shoppers(place.promoter.id, PER_PAGE + 1, start)
        count = await queries.bound_count(place.promoter.id)
        policy = await attribution.policy_at(now())
    return page(
        "portal/shoppers/index.html", tab="links", rows=rows[:PER_PAGE], count=count, code=code, policy=policy,
        previous=f"/shoppers?start={max(start - PER_PAGE, 0)}" if start else "",
        next=f"/shoppers?start={start + PER_PAGE}" if len(rows) > PER_PAGE else "",
    )  # fmt: skip


HANDLERS = [show_shoppers]
