"""A colleague's own account: the password."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get, post
from litestar.response import Redirect, Template

from app import identity
from app.console.frame import console_page
from app.identity import STAFF, PasswordForm, viewer_of
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import see_other

AnyRequest = Request[Any, Any, Any]
TEMPLATE = "console/account/show.html"


class AccountController(Controller):
    """For every colleague, whatever the role."""

    path = "/account"

    @get(permission="signed_in")
    async def show(self, request: AnyRequest) -> Template:
        return await console_page(TEMPLATE, viewer_of(request), errors={})

    @post(permission="signed_in")
    async def change_password(self, request: AnyRequest) -> Template | Redirect:
        viewer = viewer_of(request)
        try:
            form = await read_form(request, PasswordForm)
            await identity.change_password(request, STAFF, viewer, form)
        except Refusal as refusal:
            errors = translate_errors(refusal, "current_password")
            return await console_page(TEMPLATE, viewer, status_code=refusal.status, errors=errors)
        return see_other("/account", flash=("ok", _("The password is changed. Every other browser is signed out.")))
