"""Why a promoter got an amount: one commission line with everything that made it."""

from __future__ import annotations

from uuid import UUID

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import commissions, external_sales
from app.backoffice.frame import AnyRequest, show
from app.commissions import LineElsewhere
from app.flows.commission_story import story_of


@get("/commission-lines/{commission_line_id:uuid}", permission="promoters.read")
async def show_commission_line(request: AnyRequest, commission_line_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        story = await story_of(commission_line_id)
        sold = None if isinstance(story.line, LineElsewhere) else story.line
        beside = await commissions.named_lines(sold.order_id) if sold else []
    return await show(
        request, "commission_lines/show.html", story=story, words=commissions.words,
        platforms=external_sales.words,
        beside=[one for one in beside if sold and one.order_line == sold.order_line and one.id != sold.id],
    )  # fmt: skip


HANDLERS = [show_commission_line]
