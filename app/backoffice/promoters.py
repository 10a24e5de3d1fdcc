"""Links and hosts: applications with their rate, everybody's totals, every tracked link, and the invitation."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from markupsafe import Markup

import tenants
from app import attribution, links, promoters, store
from app.backoffice import labels, promoter_life
from app.backoffice import queries_promoters as queries
from app.backoffice.frame import AnyRequest, show
from app.backoffice.settings import basis_points, percent
from app.flows.decide_promoter import decide_promoter, suspend_promoter
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from infra.settings import settings


class DecisionForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Without `kinds` the person goes on doing what they did or asked for; an empty one among them means it is said."""

    act: Literal["approve", "reject", "suspend"]
    rate: str = ""
    kinds: list[str] = []
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


@get("/promoters", permission="promoters.read")
async def show_promoters(request: AnyRequest, status: FromQuery[str] = "") -> Template:
    async with tenants.transaction():
        people = await queries.list_promoters(status)
        counts = await queries.count_promoters()
        profile = await store.read_profile()
    invitation = f"{settings().origin('host')}/join/{tenants.current().slug}"
    return await show(
        request, "promoters/index.html", people=people, counts=counts, status=status, percent=percent,
        usual=percent(profile.default_commission_bps), invitation=invitation, qr=_qr(invitation, _("Invitation")),
    )  # fmt: skip


@get("/promoters/{promoter_id:uuid}", permission="promoters.read")
async def show_promoter(request: AnyRequest, promoter_id: FromPath[UUID]) -> Template:
    async with tenants.transaction():
        promoter = await promoters.find(promoter_id)
        rows = await queries.list_links(promoter_id=promoter_id)
        risks = await links.risks_of([row["id"] for row in rows])
        orders = await queries.orders_of(promoter_id)
        code = await attribution.sharer_code_of(promoter_id)
        life = await promoter_life.read(promoter)
    return await show(
        request, "promoters/show.html", promoter=promoter, links=rows, risks=risks, orders=orders, percent=percent,
        life=life, every_kind=promoters.KINDS, kind_text=labels.KINDS, code=code,
    )  # fmt: skip


@post("/promoters/{promoter_id:uuid}", permission="promoters.write")
async def decide(request: AnyRequest, promoter_id: FromPath[UUID]) -> Redirect:
    """Approve with a rate (again: a new rate for orders from now on), reject, or suspend."""
    form = await read_form(request, DecisionForm)
    by = viewer_of(request).name
    if form.act == "suspend":
        await suspend_promoter(promoter_id, by, words=form.words)
        return see_other(f"/promoters/{promoter_id}", flash=("ok", _("Suspended: new clicks no longer count")))
    wrong: dict[str, str] = {}
    rate = basis_points(form.rate or "0", "rate", wrong)
    if wrong:
        raise InvalidInput(wrong)
    approve = form.act == "approve"
    await decide_promoter(promoter_id, approve, rate, by, kinds=form.kinds or None, words=form.words)
    said = _("Approved with %(rate)s%%", rate=percent(rate)) if approve else _("Rejected")
    return see_other("/promoters", flash=("ok", said))


@get("/links", permission="promoters.read")
async def show_links(request: AnyRequest, q: FromQuery[str] = "") -> Template:
    async with tenants.transaction():
        rows = await queries.list_links(query=q[:100])
        risks = await links.risks_of([row["id"] for row in rows])
        keep_days, fewest_days = await links.keep_days(), await links.fewest_days()
    return await show(
        request, "promoters/links.html", links=rows, q=q, risks=risks, keep_days=keep_days, fewest_days=fewest_days
    )


@post("/links/{link_id:uuid}/{act:str}", permission="promoters.write")
async def change_link(link_id: FromPath[UUID], act: FromPath[str]) -> Redirect:
    """A paused link still leads to its page; it only counts for nobody."""
    async with tenants.transaction():
        link = await links.find(link_id)
        await (links.pause(link.id) if act == "pause" else links.resume(link.id))
    links.forget(tenants.current().id, link.code)
    return see_other("/links", flash=("ok", _("Saved")))


def _qr(address: str, title: str) -> Markup:
    """Our own drawing of our own address, so it may stand in the page as it is."""
    return Markup(links.qr_svg(address, title=title))  # noqa: S704


HANDLERS = [show_promoters, show_promoter, decide, show_links, change_link]
