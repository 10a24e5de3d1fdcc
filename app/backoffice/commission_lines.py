"""Why a promoter got an amount: one commission line with everything that made it."""

from __future__ import annotations

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import commissions
from app.backoffice.frame import AnyRequest, show
from app.flows.commission_story import story_of


@get("/commission-lines/{commission_line_id:uuid}", permission="promoters.read")
async def show_commission_line(request: AnyRequest, commission_line_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        story = await story_of(commission_line_id)
        beside = [one for one in await commissions.named_lines(story.line.order_id) if one.id != commission_line_id]
    return await show(
        request, "commission_lines/show.html", story=story, words=commissions.words,
        beside=[one for one in beside if one.order_line == story.line.order_line],
    )  # fmt: skip


HANDLERS = [show_commission_line]
