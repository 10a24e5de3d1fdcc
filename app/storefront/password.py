"""The shopper's password in this store."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get, post
from litestar.response import Redirect, Template

import tenants
from app import identity
from app.flows.change_shopper_password import change_shopper_password
from app.identity import PasswordForm, viewer_of
from app.kernel import limits
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext, translate_errors
from app.kernel.pages import page, see_other

AnyRequest = Request[Any, Any, Any]


class PasswordController(Controller):
    path = "/account/password"

    @get(permission="signed_in")
    async def show(self) -> Template:
        return _password_page({})

    @post(permission="signed_in")
    async def change(self, request: AnyRequest) -> Template | Redirect:
        viewer = viewer_of(request)
        try:
            form = await read_form(request, PasswordForm)
            await limits.take_sign_in(f"shopper:{tenants.current().id}", viewer.email, identity.client_address(request))
            await change_shopper_password(viewer.id, form.current_password, form.new_password)
        except Refusal as refusal:
            return _password_page(translate_errors(refusal, "current_password"), refusal.status)
        await identity.sign_in_shopper(request, viewer.id)
        words = gettext("The password is changed. Every other browser is signed out.")
        return see_other("/account", flash=("ok", words))


def _password_page(errors: dict[str, str], status_code: int = 200) -> Template:
    return page(
        "storefront/account/password.html",
        status_code=status_code,
        headers={"Cache-Control": "no-store"},
        errors=errors,
        tab="me",
    )
