"""People of a supplier take their invitation, sign in and sign out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from app import identity
from app.flows import invitation_links, invite_supplier
from app.identity import SUPPLIER, WrongPassword, viewer_or_none
from app.kernel import limits
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_fields, translate_refusal
from app.kernel.pages import page, safe_path, see_other

AnyRequest = Request[Any, Any, Any]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
CODE = 100  # characters; ours are shorter


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Text
    password: Text
    next: str = "/"


class WelcomeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=CODE)]
    password: Text


@get("/sign-in", permission="public")
async def show_sign_in(request: AnyRequest, next: FromQuery[str] = "/") -> Template | Redirect:
    if await viewer_or_none(request):
        return see_other(safe_path(next))
    return page("supply/accounts/sign_in.html", values={"next": safe_path(next)}, errors={})


@post("/sign-in", permission="public", csrf="origin")
async def sign_in(request: AnyRequest) -> Template | Redirect:
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SignInForm)
        account = await identity.authenticate(request, SUPPLIER, form.email, form.password)
    except InvalidInput as refusal:
        return _sign_in_again(submitted, translate_fields(refusal), 422)
    except Refusal as refusal:
        return _sign_in_again(submitted, {"email": translate_refusal(refusal)}, refusal.status)
    await identity.open_session(request, SUPPLIER, account.id)
    return see_other(safe_path(form.next))


def _sign_in_again(submitted: dict[str, Any], errors: dict[str, str], status_code: int) -> Template:
    return page("supply/accounts/sign_in.html", status_code=status_code, values=submitted, errors=errors)


@post("/sign-out", permission="signed_in")
async def sign_out(request: AnyRequest) -> Redirect:
    await identity.end_session(request, SUPPLIER)
    return see_other("/sign-in")


@get("/welcome", permission="public")
async def show_welcome(code: FromQuery[str] = "") -> Template:
    return await _welcome(code, {})


@post("/welcome", permission="public", csrf="origin")
async def take_invitation(request: AnyRequest) -> Template | Redirect:
    submitted = dict(await request.form())
    await limits.take(limits.SIGN_UP, "supplier", identity.client_address(request))
    try:
        form = await read_form(request, WelcomeForm)
        login, tenant_id = await invite_supplier.accept(form.code, form.password)
    except InvalidInput as refusal:
        return await _welcome(str(submitted.get("code", "")), translate_fields(refusal))
    except WrongPassword as refusal:
        return await _welcome(str(submitted.get("code", "")), {"password": translate_refusal(refusal)})
    await identity.open_session(request, SUPPLIER, login, tenant_id=tenant_id)
    return see_other("/")


async def _welcome(code: str, errors: dict[str, str]) -> Template:
    short = code[:CODE]
    is_new = await invitation_links.is_for_new(SUPPLIER, short)
    status_code = 422 if errors else 200
    return page("supply/accounts/welcome.html", status_code=status_code, code=short, is_new=is_new, errors=errors)


HANDLERS = [show_sign_in, sign_in, sign_out, show_welcome, take_invitation]
