"""Staff accounts: who may look at this store, and as what."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import identity
from app.backoffice import labels
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import invite_merchant_user as flow
from app.identity import MERCHANT, viewer_of
from app.kernel import limits
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_fields
from app.kernel.pages import page, see_other
from infra.settings import settings
from tenants import platform

Role = Literal["owner", "manager", "picker", "finance", "read_only"]


class InviteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    role: Role = "read_only"


class SeatForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    role: Role | None = None
    status: Literal["active", "disabled"] | None = None


class WelcomeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


@get("/users", permission="users.read")
async def show_users(request: AnyRequest) -> Template:
    return await _list(request)


@post("/users", permission="users.write", answers_once=True)
async def invite(request: AnyRequest) -> Template:
    """The answer, not the next page, shows the link: it exists nowhere else."""
    values = form_values(await request.form())
    try:
        form = await read_form(request, InviteForm)
        invitation = await flow.invite(form.email, form.name, form.role, by=viewer_of(request))
    except InvalidInput as refusal:
        return await _list(request, values=values, errors=translate_fields(refusal))
    link = f"{settings().origin('admin')}/welcome?code={invitation.code}"
    return await _list(request, invited=invitation, link=link)


@post("/users/{login:uuid}", permission="users.write")
async def change_user(request: AnyRequest, login: FromPath[UUID]) -> Redirect:
    form = await read_form(request, SeatForm)
    await flow.change_seat(login, role=form.role, status=form.status, by=viewer_of(request))
    return see_other("/users", flash=("ok", _("Saved; the person has to sign in again")))


async def _list(request: AnyRequest, **context: Any) -> Template:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT l.id, l.name, l.email, u.role, u.status, u.created_at FROM merchant_user u"
            " JOIN merchant_login l ON l.id = u.login WHERE u.tenant = $1 ORDER BY u.created_at, u.id",
            tenants.current().id,
        )
    defaults: dict[str, Any] = {"values": {}, "errors": {}, "invited": None, "link": ""}
    context = defaults | context
    return await show(
        request, "users/index.html", status_code=422 if context["errors"] else 200, users=[dict(row) for row in rows],
        roles=labels.ROLES, role_details=labels.ROLE_DETAILS, me=viewer_of(request).id, **context,
    )  # fmt: skip


@get("/welcome", permission="public")
async def show_welcome(code: FromQuery[str] = "") -> Template:
    return page("backoffice/users/welcome.html", code=code[:100], is_new=await flow.is_for_new(code[:100]), errors={})


@post("/welcome", permission="public", csrf="origin")
async def accept(request: AnyRequest) -> Template | Redirect:
    values = form_values(await request.form())
    await limits.take(limits.SIGN_UP, "welcome", identity.client_address(request))
    try:
        form = await read_form(request, WelcomeForm)
        login, tenant_id = await flow.accept(form.code, form.password)
    except (InvalidInput, identity.WrongPassword) as refusal:
        code = values.get("code", "")[:100]
        wrong = refusal if isinstance(refusal, InvalidInput) else InvalidInput({"password": refusal.message})
        return page(
            "backoffice/users/welcome.html", status_code=422, code=code, is_new=await flow.is_for_new(code),
            errors=translate_fields(wrong),
        )  # fmt: skip
    await identity.open_session(request, MERCHANT, login, tenant_id=tenant_id)
    return see_other("/")


HANDLERS = [show_users, invite, change_user, show_welcome, accept]
