"""The store's leaderboard as its promoters may see it, and the name each chooses for it."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import contests
from app.flows import leaderboard
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter


@get("/leaderboard", permission="signed_in")
async def show_leaderboard(request: AnyRequest, period: FromQuery[str] = "week", by: FromQuery[str] = "") -> Template:
    return await _page(await enter(request), period, by, None, {})


@post("/leaderboard/nickname", permission="signed_in")
async def change_nickname(request: AnyRequest) -> Template | Redirect:
    place = await enter(request)
    nickname = str((await request.form()).get("nickname", ""))[:200]
    try:
        async with tenants.transaction():
            await contests.save_nickname(place.promoter.id, nickname)
    except InvalidInput as refusal:
        return await _page(place, "week", "", nickname, translate_fields(refusal))
    return see_other("/leaderboard", flash=("ok", _("Saved")))


async def _page(place: Place, period: str, by: str, nickname: str | None, errors: dict[str, str]) -> Template:
    me = place.promoter.id
    async with tenants.transaction():
        setting = await contests.read_setting()
        metric = by if by in contests.RANKED_BY else setting.metric
        period = period if period in contests.PERIODS else "week"
        board = await leaderboard.seen_by(await leaderboard.leaderboard(period, metric), me, setting.shows)
        if nickname is None:
            nickname = (await contests.nicknames_of([me])).get(me, "")
    return page(
        "portal/leaderboard/show.html", status_code=422 if errors else 200, tab="live", board=board, setting=setting,
        me=me, nickname=nickname, errors=errors, words=contests.words, periods=contests.PERIODS,
        ranked_by=contests.RANKED_BY, currency=place.tenant.currency,
    )  # fmt: skip


HANDLERS = [show_leaderboard, change_nickname]
