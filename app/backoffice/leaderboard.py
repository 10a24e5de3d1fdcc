"""The leaderboard with everybody's name, and what promoters may see of each other."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import contests
from app.backoffice.frame import AnyRequest, form_values, show
from app.contests import LeaderboardSetting
from app.flows.leaderboard import leaderboard
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other


@get("/leaderboard", permission="promoters.read")
async def show_leaderboard(request: AnyRequest, period: FromQuery[str] = "month", by: FromQuery[str] = "") -> Template:
    return await _page(request, period, by, {})


@post("/leaderboard", permission="promoters.write")
async def change_setting(request: AnyRequest) -> Template | Redirect:
    values = form_values(await request.form())
    setting = LeaderboardSetting(shows=values.get("shows", ""), metric=values.get("metric", ""))
    try:
        async with tenants.transaction():
            await contests.save_setting(setting)
    except InvalidInput as refusal:
        return await _page(request, "month", "", translate_fields(refusal))
    return see_other("/leaderboard", flash=("ok", _("Saved")))


async def _page(request: AnyRequest, period: str, by: str, errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        setting = await contests.read_setting()
        metric = by if by in contests.RANKED_BY else setting.metric
        board = await leaderboard(period if period in contests.PERIODS else "month", metric)
    return await show(
        request, "contests/leaderboard.html", status_code=422 if errors else 200, board=board, setting=setting,
        errors=errors, words=contests.words, periods=contests.PERIODS, ranked_by=contests.RANKED_BY,
        shows=contests.SHOWS,
    )  # fmt: skip


HANDLERS = [show_leaderboard, change_setting]
