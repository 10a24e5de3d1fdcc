"""Signing in to the console, and out again."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.response import Redirect, Template

from app import identity
from app.identity import STAFF
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_refusal
from app.kernel.pages import page, safe_path, see_other
from tenants import audit, platform

AnyRequest = Request[Any, Any, Any]


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: str
    password: str
    next: str = "/"


class SessionController(Controller):
    """One session per browser; a new sign-in ends the one before."""

    path = "/"

    @get("/sign-in", permission="public")
    async def show(self, request: AnyRequest) -> Template | Redirect:
        if await identity.viewer_or_none(request):
            return see_other("/")
        return _form(request.query_params.get("next", "/"))

    @post("/sign-in", permission="public", csrf="origin")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        form = SignInForm(email="", password="")
        try:
            form = await read_form(request, SignInForm)
            account = await identity.authenticate(request, STAFF, form.email, form.password)
        except InvalidInput:
            return _form(form.next, form.email, identity.WrongPassword())
        except Refusal as refusal:
            return _form(form.next, form.email, refusal)
        async with platform.transaction() as database:
            await audit.record(
                database, actor_kind="staff", actor_id=account.id, actor_name=account.name, action="staff.signed_in"
            )
        await identity.open_session(request, STAFF, account.id)
        return see_other(safe_path(form.next))

    @post("/sign-out", permission="signed_in")
    async def delete(self, request: AnyRequest) -> Redirect:
        await identity.end_session(request, STAFF)
        return see_other("/sign-in")


def _form(next_path: str, email: str = "", refusal: Refusal | None = None) -> Template:
    return page(
        "console/sessions/new.html",
        status_code=refusal.status if refusal else 200,
        headers={"Cache-Control": "no-store"},
        next=safe_path(next_path),
        email=email,
        problem=translate_refusal(refusal) if refusal else "",
    )
