"""Customers who could recommend the store: found by what the books say, asked with their consent."""

from __future__ import annotations

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import koc
from app.backoffice.frame import AnyRequest, show
from app.flows.invite_koc import invite_koc
from app.identity import viewer_of
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import see_other
from tenants import outbox

LOWEST = ("30", "60")


@get("/promoters/recommenders", permission="promoters.read")
async def show_candidates(request: AnyRequest, low: FromQuery[str] = "", asked: FromQuery[str] = "") -> Template:
    async with tenants.transaction():
        found = await koc.candidates(int(low) if low in LOWEST else 0)
        counted_at = await koc.last_counted()
    if asked in ("yes", "no"):
        found = [each for each in found if (each.status is not None) == (asked == "yes")]
    return await show(
        request, "koc/index.html", rows=found, counted_at=counted_at, low=low, chosen=asked, parts=koc.PARTS
    )  # fmt: skip


@post("/promoters/recommenders/count", permission="promoters.write")
async def count_again() -> Redirect:
    async with tenants.transaction():
        await outbox.post("koc.count", queue="bulk", key="koc.count", max_attempts=3)
    return see_other("/promoters/recommenders", flash=("info", _("Being counted. Look again in a moment.")))


@post("/promoters/recommenders/{customer_id:uuid}/invitation", permission="promoters.write")
async def invite(request: AnyRequest, customer_id: FromPath[UUID]) -> Redirect:
    try:
        await invite_koc(customer_id, by=viewer_of(request).name)
    except (koc.NoConsent, koc.AskedLately) as refusal:
        return see_other("/promoters/recommenders", flash=("bad", translate_refusal(refusal)))
    return see_other("/promoters/recommenders", flash=("ok", _("The invitation is on its way.")))


HANDLERS = [show_candidates, count_again, invite]
