"""Hosts sign up, sign in and sign out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from app import identity
from app.identity import PROMOTER, viewer_or_none
from app.kernel import limits
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import current_locale, translate_fields, translate_refusal
from app.kernel.pages import page, safe_path, see_other

AnyRequest = Request[Any, Any, Any]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Text
    password: Text
    next: str = "/"


class SignUpForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: Name
    email: Text
    password: Text
    next: str = "/stores"


@get("/sign-in", permission="public")
async def show_sign_in(request: AnyRequest, next: FromQuery[str] = "/") -> Template | Redirect:
    if await viewer_or_none(request):
        return see_other(safe_path(next))
    return page("portal/accounts/sign_in.html", values={"next": safe_path(next)}, errors={})


@post("/sign-in", permission="public", csrf="origin")
async def sign_in(request: AnyRequest) -> Template | Redirect:
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SignInForm)
        account = await identity.authenticate(request, PROMOTER, form.email, form.password)
    except Refusal as refusal:
        return _again("sign_in", submitted, refusal)
    await identity.open_session(request, PROMOTER, account.id)
    return see_other(safe_path(form.next))


@get("/sign-up", permission="public")
async def show_sign_up(request: AnyRequest, next: FromQuery[str] = "/stores") -> Template | Redirect:
    if await viewer_or_none(request):
        return see_other(safe_path(next, "/stores"))
    return page("portal/accounts/sign_up.html", values={"next": safe_path(next, "/stores")}, errors={})


@post("/sign-up", permission="public", csrf="origin")
async def sign_up(request: AnyRequest) -> Template | Redirect:
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SignUpForm)
        await limits.take(limits.SIGN_UP, "promoter", identity.client_address(request))
        login = await identity.register(
            PROMOTER, name=form.name, email=form.email, password=form.password, locale=current_locale.get()
        )
    except Refusal as refusal:
        return _again("sign_up", submitted, refusal)
    await identity.open_session(request, PROMOTER, login)
    return see_other(safe_path(form.next, "/stores"))


@post("/sign-out", permission="signed_in")
async def sign_out(request: AnyRequest) -> Redirect:
    await identity.end_session(request, PROMOTER)
    return see_other("/sign-in")


def _again(form: str, submitted: dict[str, Any], refusal: Refusal) -> Template:
    """The form once more with what was typed, and what to change."""
    fields = isinstance(refusal, InvalidInput)
    errors = translate_fields(refusal) if isinstance(refusal, InvalidInput) else {"email": translate_refusal(refusal)}
    return page(
        f"portal/accounts/{form}.html", status_code=422 if fields else refusal.status, values=submitted, errors=errors
    )


HANDLERS = [show_sign_in, sign_in, show_sign_up, sign_up, sign_out]
