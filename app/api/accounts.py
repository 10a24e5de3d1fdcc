"""The shopper's own account in this store: opening one, its password, and what the store keeps for them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.params import FromQuery
from msgspec import Meta

import tenants
from app import customers, identity, ledger, promotions
from app.api.bodies import Line, answer, read_body
from app.api.described import described
from app.api.sessions import Customer, Token, token_for
from app.api.shapes import Moment, Money, Next, money
from app.flows.change_shopper_password import change_shopper_password
from app.flows.register_shopper import register_shopper
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.i18n import current_locale
from app.ledger import Account

AnyRequest = Request[Any, Any, Any]
Secret = Annotated[str, Meta(max_length=1_024)]


class Registering(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new account, with the cart of the visitor who opens it."""

    email: Annotated[Line, Meta(examples=["lin@example.com"])]
    name: Line
    password: Secret


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The present password and the next one."""

    current_password: Secret
    new_password: Secret


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A level of members: from so much paid on, and what it takes off every price in hundredths of a percent."""

    name: str
    from_amount: Money
    discount_bps: int


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """Points that end within a month."""

    at: Moment
    points: int


class OwnAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, and what the store keeps for them."""

    customer: Customer
    level: Level | None
    next_level: Level | None
    counted: Annotated[Money, Meta(description="What was paid towards the next level")]
    points: int
    points_ending: list[Ending]
    coupons: Annotated[int, Meta(description="How many `GET /coupons` lists as held")]
    credit: Annotated[Money, Meta(description="Store credit that can pay an order")]


class PointsMove(msgspec.Struct, frozen=True, kw_only=True):
    """Points that came or went."""

    kind: Annotated[str, Meta(description="earn, take_back, spend, return, expire or adjust")]
    points: int
    note: str
    order: Annotated[str | None, Meta(description="Number of the order it is about")]
    at: Moment


class PointsMoves(msgspec.Struct, frozen=True, kw_only=True):
    """A page of points that came and went, the newest first."""

    items: list[PointsMove]
    next: Next


class AccountController(Controller):
    path = "/account"

    @post(
        **described(
            "Open an account",
            takes=Registering,
            gives=Token,
            status=201,
            refuses=(customers.EmailTaken,),
            opens_session=True,
        )
    )
    async def register(self, request: AnyRequest) -> Response[bytes]:
        """Answers a token that is signed in. Sent with the token of an account that has no e-mail yet, that one gets
        e-mail, name and password instead."""
        body = await read_body(request, Registering)
        await limits.take(limits.SIGN_UP, "shopper", str(tenants.current().id), identity.client_address(request))
        viewer = await identity.viewer_or_none(request)
        customer = await register_shopper(
            email=body.email, name=body.name.strip(), password=body.password, locale=current_locale.get(),
            into=viewer.id if viewer and not viewer.email else None,
        )  # fmt: skip
        return answer(await token_for(request, customer, registered=True), status=201)

    @get(**described("Own account", gives=OwnAccount, permission="signed_in"))
    async def show(self, request: AnyRequest) -> Response[bytes]:
        """Level, points, coupons and store credit."""
        viewer = identity.viewer_of(request)
        async with tenants.transaction():
            member = await promotions.membership_of(viewer.id)
            soon = promotions.ending_soon(await promotions.lots_of(viewer.id), now())
            points, held = await promotions.points_of(viewer.id), await promotions.in_account(viewer.id)
            credit = await ledger.balance_of(Account("store_credit", viewer.id), tenants.current().currency)
        return answer(
            OwnAccount(
                customer=Customer(name=viewer.name, email=viewer.email), level=_level(member.level),
                next_level=_level(member.next_level), counted=money(member.net_paid_amount), points=points.balance,
                points_ending=[Ending(at=at, points=many) for at, many in soon], coupons=len(held),
                credit=money(credit),
            )
        )  # fmt: skip

    @get("/points", **described("Own points", gives=PointsMoves, permission="signed_in"))
    async def list_points(self, request: AnyRequest, after: FromQuery[str] = "") -> Response[bytes]:
        """Every movement, 30 at a time."""
        async with tenants.transaction():
            found = await promotions.entries_of(identity.viewer_of(request).id, after=after)
        items = [
            PointsMove(kind=one.kind, points=one.points, note=one.note, order=one.order_number, at=one.at)
            for one in found.items
        ]
        return answer(PointsMoves(items=items, next=found.next))

    @put(
        "/password",
        **described(
            "Change the password", takes=PasswordChange, gives=Token, permission="signed_in", opens_session=True
        ),
    )
    async def change_password(self, request: AnyRequest) -> Response[bytes]:
        """Ends every token and every browser of the account; go on with the token of the answer."""
        viewer, body = identity.viewer_of(request), await read_body(request, PasswordChange)
        account = viewer.email or str(viewer.id)
        await limits.take_sign_in(f"shopper:{tenants.current().id}", account, identity.client_address(request))
        await change_shopper_password(viewer.id, body.current_password, body.new_password)
        return answer(await token_for(request, viewer.id))


def _level(level: promotions.Level | None) -> Level | None:
    if level is None:
        return None
    return Level(name=level.name, from_amount=money(level.threshold_amount), discount_bps=level.discount_bps)
