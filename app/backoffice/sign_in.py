"""Signing in and out, and choosing which store to look at."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from app import identity
from app.backoffice import labels
from app.backoffice.seats import seats_of
from app.identity import MERCHANT, viewer_of, viewer_or_none
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_fields, translate_refusal
from app.kernel.pages import page, safe_path, see_other

AnyRequest = Request[Any, Any, Any]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: Text
    password: Text
    next: str = "/"


@get("/sign-in", permission="public")
async def show_sign_in(request: AnyRequest, next: FromQuery[str] = "/") -> Template | Redirect:
    if await viewer_or_none(request):
        return see_other(safe_path(next))
    return _form({"next": safe_path(next)}, {})


@post("/sign-in", permission="public", csrf="origin")
async def sign_in(request: AnyRequest) -> Template | Redirect:
    submitted = dict(await request.form())
    try:
        form = await read_form(request, SignInForm)
        account = await identity.authenticate(request, MERCHANT, form.email, form.password)
    except InvalidInput as refusal:
        return _form(submitted, translate_fields(refusal))
    except Refusal as refusal:
        return _form(submitted, {"email": translate_refusal(refusal)}, status_code=refusal.status)
    seats = await seats_of(account.id)
    only = seats[0].tenant_id if len(seats) == 1 else None
    await identity.open_session(request, MERCHANT, account.id, tenant_id=only)
    return see_other(safe_path(form.next) if only else "/stores")


def _form(values: dict[str, Any], errors: dict[str, str], status_code: int = 422) -> Template:
    return page(
        "backoffice/sign_in/show.html", status_code=status_code if errors else 200, values=values, errors=errors
    )


@post("/sign-out", permission="signed_in")
async def sign_out(request: AnyRequest) -> Redirect:
    await identity.end_session(request, MERCHANT)
    return see_other("/sign-in")


@get("/stores", permission="signed_in")
async def show_stores(request: AnyRequest) -> Template:
    viewer = viewer_of(request)
    return page(
        "backoffice/sign_in/stores.html", seats=await seats_of(viewer.id), chosen=viewer.tenant_id, roles=labels.ROLES
    )


@post("/stores/{tenant_id:uuid}", permission="signed_in")
async def choose_store(request: AnyRequest, tenant_id: FromPath[UUID]) -> Redirect:
    """A new session for the other store: what was open in the old one ends with it."""
    viewer = viewer_of(request)
    if tenant_id not in {seat.tenant_id for seat in await seats_of(viewer.id)}:
        raise NotFound
    await identity.open_session(request, MERCHANT, viewer.id, tenant_id=tenant_id)
    return see_other("/")


HANDLERS = [show_sign_in, sign_in, sign_out, show_stores, choose_store]
