"""People of a supplier who may open its pages: invited, let in, shut out."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import suppliers
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import invite_supplier as flow
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import see_other
from infra.settings import settings


class InviteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""


class SeatForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["let_in", "shut_out"]


class SupplierPeopleController(Controller):
    path = "/suppliers/{supplier_id:uuid}/people"

    @get(permission="users.read")
    async def index(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template:
        return await _list(request, supplier_id)

    @post(permission="users.write", answers_once=True)
    async def invite(self, request: AnyRequest, supplier_id: FromPath[UUID]) -> Template:
        """The answer, not the next page, shows the link: it exists nowhere else."""
        values = form_values(await request.form())
        await _find(supplier_id)
        try:
            form = await read_form(request, InviteForm)
            invitation = await flow.invite(supplier_id, form.email, form.name, by=viewer_of(request))
        except InvalidInput as refusal:
            return await _list(request, supplier_id, values=values, errors=translate_fields(refusal))
        link = f"{settings().origin('supply')}/welcome?code={invitation.code}"
        return await _list(request, supplier_id, invited=invitation, link=link)

    @post("/{login:uuid}", permission="users.write")
    async def change(self, request: AnyRequest, supplier_id: FromPath[UUID], login: FromPath[UUID]) -> Redirect:
        form = await read_form(request, SeatForm)
        await flow.let_in_again(supplier_id, login, allowed=form.act == "let_in", by=viewer_of(request))
        return see_other(f"/suppliers/{supplier_id}/people", flash=("ok", _("Saved")))


async def _find(supplier_id: UUID) -> suppliers.Supplier:
    async with tenants.transaction():
        return await suppliers.find(supplier_id)


async def _list(request: AnyRequest, supplier_id: UUID, **context: Any) -> Template:
    supplier = await _find(supplier_id)
    context = {"values": {}, "errors": {}, "invited": None, "link": ""} | context
    return await show(
        request, "suppliers/people.html", status_code=422 if context["errors"] else 200, supplier=supplier,
        seats=await flow.seats_of(supplier_id), **context,
    )  # fmt: skip


HANDLERS = [SupplierPeopleController]
