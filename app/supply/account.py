"""A supplier's person has an account of their own: the password."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.response import Redirect, Template

from app import identity
from app.identity import SUPPLIER, PasswordForm, viewer_of
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import page, see_other

AnyRequest = Request[Any, Any, Any]
TEMPLATE = "supply/accounts/show.html"
FRESH = {"Cache-Control": "no-store"}


@get("/account", permission="signed_in")
async def show_account() -> Template:
    return page(TEMPLATE, headers=FRESH, errors={})


@post("/account", permission="signed_in")
async def change_password(request: AnyRequest) -> Template | Redirect:
    try:
        form = await read_form(request, PasswordForm)
        await identity.change_password(request, SUPPLIER, viewer_of(request), form)
    except Refusal as refusal:
        errors = translate_errors(refusal, "current_password")
        return page(TEMPLATE, status_code=refusal.status, headers=FRESH, errors=errors)
    return see_other("/account", flash=("ok", _("The password is changed. Every other browser is signed out.")))


HANDLERS = [show_account, change_password]
