"""Gifts hosts ask for, and who hosts a session with which part, for the merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import live, promoters
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import gifts_on_air, invite_host
from app.inventory import FREE, PROMISING
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors, translate_refusal
from app.kernel.money import BASIS_POINTS
from app.kernel.pages import see_other

ASKED = f"""
SELECT gift.id, gift.per, gift.every_units, gift.units, gift.quota, gift.created_at, product.title,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title, goods.title AS goods_title,
    host.name AS host_name, session.title AS session_title,
    coalesce((SELECT max({FREE}) FROM stock_level WHERE stock_level.variant = variant.id AND {PROMISING}), 0)
        AS there
FROM live_gift AS gift JOIN live_session AS session ON session.id = gift.session
JOIN live_slot AS slot ON slot.id = gift.slot JOIN promoter AS host ON host.id = gift.asked_by
JOIN variant ON variant.id = gift.variant JOIN product ON product.id = variant.product
JOIN variant AS shown ON shown.id = gift.for_variant JOIN product AS goods ON goods.id = shown.product
WHERE gift.status = 'asked' AND slot.status IN ('planned', 'on_air') AND session.status NOT IN ('ended', 'settled')
ORDER BY gift.created_at, gift.id LIMIT 200
"""  # noqa: S608 - constants


async def gifts_asked() -> list[Mapping[str, Any]]:
    return list(await tenants.connection().fetch(ASKED))


@post("/shows/gifts/{gift_id:uuid}", permission="promotions.write")
async def answer_gift(request: AnyRequest, gift_id: FromPath[UUID]) -> Redirect:
    """Grant so many, with what a return does to them; or refuse with a word why."""
    values = form_values(await request.form())
    refuse = values.get("act") == "refuse"
    try:
        await gifts_on_air.answer_gift(
            gift_id, quota=None if refuse else _count(values.get("quota", "")),
            on_return=values.get("on_return", "asked_back"), words=values.get("words", ""),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        said = translate_errors(refusal, "quota") if isinstance(refusal, InvalidInput) else {}
        return see_other("/shows", flash=("bad", " ".join(said.values()) or translate_refusal(refusal)))
    return see_other("/shows", flash=("ok", _("Refused") if refuse else _("Granted; the host announces it on air")))


@get("/shows/{session_id:uuid}/hosts", permission="promoters.read")
async def show_hosts(request: AnyRequest, session_id: FromPath[UUID]) -> Template:
    return await _page(request, session_id, {}, {})


@post("/shows/{session_id:uuid}/hosts", permission="promoters.write")
async def add_host(request: AnyRequest, session_id: FromPath[UUID]) -> Template | Redirect:
    """Ask a promoter to host with a part of what the session earns; they host once they say yes."""
    values = form_values(await request.form())
    try:
        guest = UUID(values.get("promoter", ""))
    except ValueError as error:
        raise NotFound from error
    try:
        await invite_host.invite_host(session_id, guest, share_bps=invite_host.read_share(values.get("share", "")))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(request, session_id, values, translate_errors(refusal, "promoter"))
    return see_other(f"/shows/{session_id}/hosts", flash=("ok", _("Asked; they host once they say yes")))


@post("/shows/{session_id:uuid}/hosts/{promoter_id:uuid}/remove", permission="promoters.write")
async def take_off_host(session_id: FromPath[UUID], promoter_id: FromPath[UUID]) -> Redirect:
    await invite_host.leave_session(session_id, promoter_id)
    return see_other(f"/shows/{session_id}/hosts", flash=("ok", _("Saved")))


async def _page(
    request: AnyRequest, session_id: UUID, values: Mapping[str, str], errors: Mapping[str, str]
) -> Template:
    async with tenants.transaction():
        session = await live.find(session_id)
        planner = await promoters.find(session.promoter)
        asked = [one for one in await live.everybody_of(session_id) if one.status in ("invited", "accepted")]
        hosts = [(one, await promoters.find(one.promoter)) for one in asked]
        there = {session.promoter, *(one.promoter for one in asked)}
        free = [one for one in await promoters.everyone("approved") if one.id not in there]
    return await show(
        request, "shows/hosts.html", status_code=422 if errors else 200, session=session, planner=planner, hosts=hosts,
        free=free, rest_bps=BASIS_POINTS - sum(one.share_bps for one in asked), sharing=live.SHARING, values=values,
        errors=errors,
    )  # fmt: skip


def _count(text: str) -> int:
    """What is no number is none, which nobody can grant."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


HANDLERS = [answer_gift, show_hosts, add_host, take_off_host]
