"""Signing in to one store, opening an account there, signing out. Nobody needs an account to buy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

import tenants
from app import customers, identity, orders
from app.flows import bind_shoppers
from app.flows.register_shopper import register_shopper
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import current_locale, gettext, translate_fields, translate_refusal
from app.kernel.pages import page, safe_path, see_other

AnyRequest = Request[Any, Any, Any]


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: str = ""
    password: str = ""
    next: str = "/account"


class RegisterForm(SignInForm, forbid_unknown_fields=True, kw_only=True):
    name: str = ""


class SignInController(Controller):
    @get("/sign-in", permission="public")
    async def show(self, request: AnyRequest, next: FromQuery[str] = "/account") -> Template:
        await identity.visit_or_none(request)
        return _entrance("sign_in", {"next": safe_path(next, "/account")})

    @post("/sign-in", permission="public", csrf="origin")
    async def sign_in(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, SignInForm)
        store = str(tenants.current().id)
        await limits.take_sign_in(f"shopper:{store}", form.email.lower()[:254], identity.client_address(request))
        customer_id = await customers.recognize(form.email, form.password)
        if customer_id is None:
            return _entrance("sign_in", _shown(form), refusal=identity.WrongPassword())
        return await _welcome(request, customer_id, form.next)

    @get("/register", permission="public")
    async def show_register(self, request: AnyRequest, next: FromQuery[str] = "/account") -> Template:
        await identity.visit_or_none(request)
        return _entrance("register", {"next": safe_path(next, "/account")})

    @post("/register", permission="public", csrf="origin")
    async def register(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, RegisterForm)
        await limits.take(limits.SIGN_UP, "shopper", str(tenants.current().id), identity.client_address(request))
        try:
            customer_id = await register_shopper(
                email=form.email, name=form.name, password=form.password, locale=current_locale.get()
            )
        except (InvalidInput, customers.EmailTaken) as refusal:
            return _entrance("register", _shown(form), refusal=refusal)
        return await _welcome(request, customer_id, form.next, registered=True)

    @post("/sign-out", permission="public")
    async def sign_out(self, request: AnyRequest) -> Redirect:
        await identity.end_session(request, identity.SHOPPER)
        return see_other("/", flash=("ok", gettext("You are signed out.")))


def _shown(form: SignInForm) -> dict[str, Any]:
    """What is shown again; never the password."""
    return msgspec.structs.asdict(form) | {"password": "", "next": safe_path(form.next, "/account")}


def _entrance(which: str, values: dict[str, Any], *, refusal: Refusal | None = None) -> Template:
    fields = translate_fields(refusal) if isinstance(refusal, InvalidInput) else {}
    words = translate_refusal(refusal) if refusal and not fields else ""
    return page(
        "storefront/account/sign_in.html" if which == "sign_in" else "storefront/account/register.html",
        status_code=422 if refusal else 200,
        headers={"Cache-Control": "no-store"},
        values=values,
        errors=fields,
        refusal=words,
        tab="me",
    )


async def _welcome(request: AnyRequest, customer_id: UUID, to: str, *, registered: bool = False) -> Redirect:
    """A fresh session; the carts of the customer's other browsers join this one's, and a sharer of this one is kept."""
    visit = await identity.sign_in_shopper(request, customer_id)
    async with tenants.transaction():
        await orders.customer_came(visit.visitor_id, customer_id)
        await bind_shoppers.carry_over(visit.visitor_id, customer_id, now(), registered=registered)
    return see_other(safe_path(to, "/account"))
