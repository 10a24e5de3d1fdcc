"""The shopper's account in this store: sign in, orders, addresses. Nobody needs one to buy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import customers, identity, orders
from app.kernel import limits
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, current_locale, gettext, translate_fields, translate_refusal
from app.kernel.pages import page, safe_path, see_other
from app.storefront import addresses, queries
from app.storefront.addresses import AddressForm, as_customer_address, check_address
from infra import passwords

AnyRequest = Request[Any, Any, Any]


class SignInForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    email: str = ""
    password: str = ""
    next: str = "/account"


class RegisterForm(SignInForm, forbid_unknown_fields=True, kw_only=True):
    name: str = ""


class NewAddressForm(AddressForm, forbid_unknown_fields=True, kw_only=True):
    is_default: bool = False


class SignInController(Controller):
    @get("/sign-in", permission="public")
    async def show(self, request: AnyRequest, next: FromQuery[str] = "/account") -> Template:
        await identity.visit_or_none(request)
        return _entrance("sign_in", {"next": safe_path(next, "/account")})

    @post("/sign-in", permission="public", csrf="origin")
    async def sign_in(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, SignInForm)
        await limits.take(limits.SIGN_IN_PER_ADDRESS, "shopper", identity.client_address(request))
        await limits.take(limits.SIGN_IN_PER_ACCOUNT, "shopper", str(tenants.current().id), form.email.lower()[:254])
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
        await limits.take(limits.SIGN_UP, "shopper", identity.client_address(request))
        try:
            email, password = _check(form)
            hashed = await passwords.hash_password(password, strong=False)
            async with tenants.transaction():
                customer_id = await customers.register(
                    email=email, name=form.name, password_hash=hashed, locale=current_locale.get()
                )
        except (InvalidInput, customers.EmailTaken) as refusal:
            return _entrance("register", _shown(form), refusal=refusal)
        return await _welcome(request, customer_id, form.next)

    @post("/sign-out", permission="public")
    async def sign_out(self, request: AnyRequest) -> Redirect:
        await identity.end_session(request, identity.SHOPPER)
        return see_other("/", flash=("ok", gettext("You are signed out.")))


class AccountController(Controller):
    path = "/account"

    @get(permission="public")
    async def show(self, request: AnyRequest) -> Template:
        """Orders of this browser are shown without an account, too."""
        viewer = await identity.viewer_or_none(request)
        visit = await identity.visit_or_none(request)
        found: list[queries.OrderCard] = []
        if visit:
            async with tenants.transaction():
                found = await queries.orders_of(visit.customer_id, visit.visitor_id)
        return page(
            "storefront/account/show.html", headers={"Cache-Control": "no-store"}, orders=found, viewer=viewer, tab="me"
        )

    @get("/addresses", permission="signed_in")
    async def list_addresses(self, request: AnyRequest) -> Template:
        start = {"country": addresses.country_of(tenants.current().currency)}
        return await _address_page(identity.viewer_of(request).id, start)

    @post("/addresses", permission="signed_in")
    async def add_address(self, request: AnyRequest) -> Response[Any]:
        form = await read_form(request, NewAddressForm)
        customer_id = identity.viewer_of(request).id
        wrong = check_address(form)
        if wrong:
            errors = translate_fields(InvalidInput(wrong))
            return await _address_page(customer_id, msgspec.structs.asdict(form), errors)
        async with tenants.transaction():
            await customers.save_address(customer_id, as_customer_address(form, is_default=form.is_default))
        return see_other("/account/addresses", flash=("ok", gettext("The address is saved.")))

    @post("/addresses/{address_id:uuid}/removal", permission="signed_in")
    async def remove_address(self, request: AnyRequest, address_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            await customers.delete_address(identity.viewer_of(request).id, address_id)
        return see_other("/account/addresses", flash=("ok", gettext("The address is gone.")))


def _check(form: RegisterForm) -> tuple[str, str]:
    """Raises InvalidInput with everything that is wrong at once."""
    wrong: dict[str, str] = {} if form.name else {"name": N_("How should we call you?")}
    checks: list[Callable[[], str]] = [
        lambda: identity.check_email(form.email),
        lambda: identity.check_password(form.password, identity.SHOPPER.name),
    ]
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)
    return identity.check_email(form.email), form.password


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


async def _welcome(request: AnyRequest, customer_id: UUID, to: str) -> Redirect:
    """A fresh session, and the carts of the customer's other browsers join this one's."""
    visit = await identity.sign_in_shopper(request, customer_id)
    async with tenants.transaction():
        await orders.customer_came(visit.visitor_id, customer_id)
    return see_other(safe_path(to, "/account"))


async def _address_page(customer_id: UUID, values: dict[str, Any], errors: dict[str, str] | None = None) -> Template:
    async with tenants.transaction():
        known = await customers.addresses_of(customer_id)
    return page(
        "storefront/account/addresses.html",
        status_code=422 if errors else 200,
        headers={"Cache-Control": "no-store"},
        known=[(address, addresses.in_lines(_texts(address))) for address in known],
        values=values,
        errors=errors or {},
        countries=addresses.COUNTRIES,
        parts=addresses.parts_of(values["country"]),
        tab="me",
    )


def _texts(address: customers.Address) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(address).items() if isinstance(value, str)}
