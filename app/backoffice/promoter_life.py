"""One promoter's level, place and agreement; and everybody who went quiet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import attribution, promoters
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.promoter_rules import read_id
from app.flows.ask_back import ask_back
from app.flows.place_promoter import fix_level, place_promoter
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors, translate_refusal
from app.kernel.pages import see_other
from app.promoters import Below, Level, LevelChange, Move, Promoter, Terms

STAGES = ("dormant", "churned")
QUIET = """
SELECT promoter.id, promoter.name, promoter.email, promoter.asked_back_at, promoter.decided_at, sold.last_at,
    coalesce(sold.net_amount, 0)::bigint AS net_amount, coalesce(sold.orders, 0) AS orders,
    CASE WHEN coalesce(sold.last_at, promoter.decided_at) < $2 THEN 'churned' ELSE 'dormant' END AS stage
FROM promoter LEFT JOIN LATERAL (
    SELECT max(finalized_at) AS last_at, sum(base_amount - refunded_amount) AS net_amount,
        count(DISTINCT order_id) AS orders
    FROM attribution_decision WHERE promoter = promoter.id AND status = 'final'
) AS sold ON true
WHERE promoter.status = 'approved' AND coalesce(sold.last_at, promoter.decided_at) < $1
ORDER BY net_amount DESC, promoter.id LIMIT 300
"""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of one promoter says beside the sales. `places` are those they could stand below."""

    levels: list[Level]
    level: Level | None
    changes: list[LevelChange]
    net_amount: int
    window_days: int
    above: list[Promoter]
    below: list[Below]
    moves: list[Move]
    places: list[Promoter]
    terms: Terms | None
    accepted_at: datetime | None

    @property
    def level_options(self) -> list[tuple[UUID, str]]:
        return [(level.id, level.name) for level in self.levels]

    @property
    def place_options(self) -> list[tuple[UUID, str]]:
        return [(one.id, one.name) for one in self.places]


async def read(promoter: Promoter) -> Life:
    """Inside the page's transaction."""
    policy, levels = await promoters.read_policy(), await promoters.levels()
    terms = await promoters.current_terms()
    since = now() - timedelta(days=policy.level_window_days)
    return Life(
        levels=levels,
        level=next((level for level in levels if level.id == promoter.level), None),
        changes=await promoters.level_changes(promoter.id),
        net_amount=await attribution.net_sales_of(promoter.id, since),
        window_days=policy.level_window_days,
        above=[await promoters.find(each) for each in await promoters.uplines_of(promoter.id)],
        below=await promoters.below(promoter.id),
        moves=await promoters.moves_of(promoter.id),
        places=[one for one in await promoters.everyone("approved") if one.id != promoter.id]
        if policy.lineage_depth
        else [],
        terms=terms,
        accepted_at=await promoters.accepted_at(promoter.id, terms),
    )


@post("/promoters/{promoter_id:uuid}/level", permission="promoters.write")
async def change_level(request: AnyRequest, promoter_id: FromPath[UUID]) -> Redirect:
    values = form_values(await request.form())
    level = read_id(values["level"]) if values.get("level") else None
    await fix_level(
        promoter_id, level, fixed=values.get("fixed") == "yes", actor=viewer_of(request).name,
        reason=values.get("reason", ""),
    )  # fmt: skip
    return see_other(f"/promoters/{promoter_id}#level", flash=("ok", _("Saved")))


@post("/promoters/{promoter_id:uuid}/place", permission="promoters.write")
async def change_place(request: AnyRequest, promoter_id: FromPath[UUID]) -> Redirect:
    """The refusal is shown on top of the page, which says where everybody stands."""
    values = form_values(await request.form())
    parent = read_id(values["parent"]) if values.get("parent") else None
    try:
        await place_promoter(
            promoter_id, parent, actor=viewer_of(request).name, reason=values.get("reason", "")
        )  # fmt: skip
    except NotFound:
        raise
    except InvalidInput as refusal:
        return see_other(f"/promoters/{promoter_id}", flash=("bad", " ".join(translate_errors(refusal, "").values())))
    except Refusal as refusal:
        return see_other(f"/promoters/{promoter_id}", flash=("bad", translate_refusal(refusal)))
    return see_other(f"/promoters/{promoter_id}#place", flash=("ok", _("Saved")))


@get("/promoters/quiet", permission="promoters.read")
async def show_quiet(request: AnyRequest, stage: FromQuery[str] = "") -> Template:
    return await _quiet(request, stage if stage in STAGES else "")


@post("/promoters/{promoter_id:uuid}/ask-back", permission="promoters.write")
async def write_to(request: AnyRequest, promoter_id: FromPath[UUID]) -> Redirect:
    values = form_values(await request.form())
    try:
        written = await ask_back(promoter_id, values.get("words", ""))
    except InvalidInput as refusal:
        return see_other("/promoters/quiet", flash=("bad", " ".join(translate_errors(refusal, "").values())))
    if not written:
        return see_other("/promoters/quiet", flash=("bad", _("Written to within the last month already")))
    return see_other("/promoters/quiet", flash=("ok", _("On its way")))


async def _quiet(request: AnyRequest, stage: str) -> Template:
    moment = now()
    async with tenants.transaction():
        policy = await promoters.read_policy()
        rows: list[Mapping[str, Any]] = await tenants.connection().fetch(
            QUIET, moment - timedelta(days=policy.dormant_days), moment - timedelta(days=policy.churned_days)
        )
    counts = {name: sum(row["stage"] == name for row in rows) for name in STAGES}
    return await show(
        request, "promoters/quiet.html", rows=[row for row in rows if not stage or row["stage"] == stage], stage=stage,
        counts=counts, policy=policy, may_write_to=moment - promoters.ASKED_BACK_EVERY,
    )  # fmt: skip


HANDLERS = [change_level, change_place, show_quiet, write_to]
