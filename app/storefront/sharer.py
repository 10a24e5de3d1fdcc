"""The shopper's own sharer: who it is and until when, changing and letting go, with or without an account."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect, Template

import tenants
from app import attribution, identity, promoters
from app.attribution import Binding, Shopper
from app.flows.change_binding import NobodyIsBound, choose_sharer, drop_sharer
from app.flows.sharers_by_code import NotYourOwnSharer, UnknownSharer
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, see_other

AnyRequest = Request[Any, Any, Any]


class SharerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sharer_code: str = ""


class Sharer(msgspec.Struct, frozen=True):
    """Who it is, and the binding that says until when."""

    name: str
    binding: Binding


class SharerController(Controller):
    path = "/sharer"

    @get(permission="public")
    async def show(self, request: AnyRequest) -> Template:
        return await _page(request)

    @post(permission="public", csrf="origin")
    async def choose(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, SharerForm)
        await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
        visit = await identity.ensure_visit(request)
        try:
            name = await choose_sharer(Shopper.of(visit.customer_id, visit.visitor_id), form.sharer_code)
        except (UnknownSharer, NotYourOwnSharer, NobodyIsBound) as refusal:
            return await _page(request, form.sharer_code, translate_refusal(refusal))
        return see_other("/sharer", flash=("ok", _("Your sharer is %(name)s now.", name=name)))

    @post("/removal", permission="public")
    async def let_go(self, request: AnyRequest) -> Redirect:
        """Choosing a sharer again is the undo."""
        visit = await identity.ensure_visit(request)
        await drop_sharer(Shopper.of(visit.customer_id, visit.visitor_id))
        return see_other("/sharer", flash=("ok", _("You have no sharer now.")))


async def sharer_of(visit: identity.Visit | None) -> Sharer | None:
    """Inside the open transaction: whoever the visitor is bound to now."""
    if visit is None:
        return None
    binding = await attribution.binding_at(Shopper.of(visit.customer_id, visit.visitor_id), now())
    return Sharer((await promoters.find(binding.promoter)).name, binding) if binding else None


async def _page(request: AnyRequest, typed: str = "", error: str = "") -> Template:
    visit = await identity.visit_or_none(request)
    async with tenants.transaction():
        sharer = await sharer_of(visit or _known(request))
        binds = (await attribution.policy_at(now())).binds
    return page(
        "storefront/account/sharer.html", status_code=422 if error else 200, headers={"Cache-Control": "no-store"},
        sharer=sharer, binds=binds, typed=typed, error=error, tab="me",
    )  # fmt: skip


def _known(request: AnyRequest) -> identity.Visit | None:
    """A browser that only followed a link has no session yet, and a sharer all the same."""
    if "visitor" not in request.cookies:
        return None
    return identity.Visit(identity.visitor_from_cookie(request), None, b"", "")
