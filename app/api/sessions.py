"""Tokens: one for a visitor nobody knows yet, or for a shopper who signs in. Shown as `Authorization: Bearer ...`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from msgspec import Meta

import tenants
from app import customers, identity, orders
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.described import described
from app.api.shapes import Moment
from app.flows import bind_shoppers
from app.kernel import limits
from app.kernel.clock import now

AnyRequest = Request[Any, Any, Any]


class SignIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Empty for a visitor who does not sign in; e-mail and password of an account at this store otherwise."""

    email: Annotated[Line, Meta(examples=["lin@example.com"])] = ""
    password: Line = ""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    name: str
    email: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What the token stands for."""

    customer: Annotated[Customer | None, Meta(description="null for a visitor who did not sign in")]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A new token. It is told this once; keep it like a password."""

    token: Annotated[str, Meta(description="For the header `Authorization: Bearer <token>`")]
    expires_at: Annotated[Moment, Meta(description="The latest end; 30 days without a request end it earlier")]
    customer: Customer | None


class SessionController(Controller):
    path = "/session"

    @post(
        **described(
            "Get a token",
            takes=SignIn,
            gives=Token,
            status=201,
            refuses=(identity.WrongPassword,),
            opens_session=True,
        )
    )
    async def open(self, request: AnyRequest) -> Response[bytes]:
        """Sent with a token, the visitor stays the same, and with it cart and orders; the old token ends."""
        form = await read_body(request, SignIn)
        store, address = str(tenants.current().id), identity.client_address(request)
        await limits.take(limits.API_SESSIONS, store, address)
        customer_id = await _recognize(form, store, address) if form.email or form.password else None
        return answer(await token_for(request, customer_id), status=201)

    @get(**described("Whose token this is", gives=Session, bearer=True))
    async def show(self, request: AnyRequest) -> Response[bytes]:
        """Who is signed in with the token that was sent."""
        return answer(Session(customer=await _customer((await visit_of(request)).customer_id)))

    @delete(**described("End the token", gives=None, status=204))
    async def close(self, request: AnyRequest) -> None:
        """The token that was sent is worthless from now on. Without a token nothing happens."""
        await identity.revoke_token(request)


async def token_for(request: AnyRequest, customer_id: UUID | None, *, registered: bool = False) -> Token:
    """A fresh token instead of the one that was sent; the visitor's cart and sharer become the customer's."""
    token, expires_at = await identity.issue_token(request, customer_id)
    if customer_id:
        visit = await visit_of(request)
        async with tenants.transaction():
            await orders.customer_came(visit.visitor_id, customer_id)
            await bind_shoppers.carry_over(visit.visitor_id, customer_id, now(), registered=registered)
    return Token(token=token, expires_at=expires_at, customer=await _customer(customer_id))


async def _recognize(form: SignIn, store: str, address: str) -> UUID:
    """Raises WrongPassword, TooManyTries; the same limits as the sign-in page."""
    await limits.take_sign_in(f"shopper:{store}", form.email.lower(), address)
    customer_id = await customers.recognize(form.email, form.password)
    if customer_id is None:
        raise identity.WrongPassword
    return customer_id


async def _customer(customer_id: UUID | None) -> Customer | None:
    if customer_id is None:
        return None
    async with tenants.transaction():
        known = await customers.find(customer_id)
    return Customer(name=known.name, email=known.email or "")
