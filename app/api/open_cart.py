"""The open cart: what was collected from the shelf, line by line, and what is to be saved on it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import identity, inventory, orders, promotions
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.cart_shapes import Cart, cart_of
from app.api.described import described
from app.flows import choose_savings
from app.flows.add_to_cart import NotForSale, add_to_cart, change_cart
from app.kernel import limits
from app.kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]
Quantity = Annotated[int, Meta(ge=1, le=orders.MOST_PER_LINE)]


class Adding(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Units of a variant to put into the cart, beside those already there."""

    variant: UUID
    quantity: Quantity = 1


class Changing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """So many units of a line from now on."""

    quantity: Quantity


class Savings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A coupon by its code, or one of the account by its id; null takes it off. Points as far as they go."""

    code: Line = ""
    coupon: UUID | None = None
    use_points: bool = False


class OwnCart(msgspec.Struct, frozen=True, kw_only=True):
    """The open cart; null when nothing was ever put into it."""

    cart: Cart | None


class OpenCartController(Controller):
    path = "/cart"

    @get(**described("The open cart", gives=OwnCart, bearer=True))
    async def show_open(self, request: AnyRequest) -> Response[bytes]:
        """What was collected from the shelf; a campaign's cart is read by its id."""
        return await _open_cart(request)

    @post(
        "/lines",
        **described(
            "Put into the cart",
            takes=Adding,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(NotForSale, inventory.NotEnoughStock),
        ),
    )
    async def add(self, request: AnyRequest) -> Response[bytes]:
        """Answers the whole cart."""
        visit, body = await visit_of(request), await read_body(request, Adding)
        await add_to_cart(visit.visitor_id, body.variant, body.quantity, customer_id=visit.customer_id)
        return await _open_cart(request)

    @put(
        "/lines/{variant:uuid}",
        **described(
            "Change a line",
            takes=Changing,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(NotFound, NotForSale, inventory.NotEnoughStock),
        ),
    )
    async def change(self, request: AnyRequest, variant: FromPath[UUID]) -> Response[bytes]:
        """Raises NotFound for a variant that is not in the cart."""
        visit, body = await visit_of(request), await read_body(request, Changing)
        cart = await _open(visit)
        if cart is None or variant not in {line.variant for line in cart.lines}:
            raise NotFound
        await change_cart(visit.visitor_id, variant, body.quantity)
        return await _open_cart(request)

    @delete(
        "/lines/{variant:uuid}",
        **described("Take a line out", gives=OwnCart, bearer=True, key="optional", refuses=(NotFound,)),
    )
    async def remove(self, request: AnyRequest, variant: FromPath[UUID]) -> Response[bytes]:
        """Answers what is left. Raises NotFound for a variant that is not in the cart."""
        visit = await visit_of(request)
        async with tenants.transaction():
            if not await orders.remove_line(visit.visitor_id, variant):
                raise NotFound
        return await _open_cart(request)

    @put(
        "/savings",
        **described(
            "Choose coupon and points",
            takes=Savings,
            gives=OwnCart,
            bearer=True,
            key="optional",
            refuses=(promotions.CouponRefused, NotFound),
        ),
    )
    async def save(self, request: AnyRequest) -> Response[bytes]:
        """What would not count now is refused with its reason, and the cart stays as it was."""
        visit, body = await visit_of(request), await read_body(request, Savings)
        await _choose(request, visit, body)
        return await _open_cart(request)


async def _open_cart(request: AnyRequest) -> Response[bytes]:
    return answer(OwnCart(cart=await _open(await visit_of(request))))


async def _open(visit: identity.Visit) -> Cart | None:
    async with tenants.transaction():
        cart = await orders.cart_of(visit.visitor_id)
    return await cart_of(visit, cart) if cart else None


async def _choose(request: AnyRequest, visit: identity.Visit, body: Savings) -> None:
    if body.code:
        await limits.take(limits.COUPON_CODES, str(tenants.current().id), identity.client_address(request))
        await choose_savings.use_code(visit.visitor_id, body.code, visit.customer_id)
    elif body.coupon and visit.customer_id:
        await choose_savings.use_coupon(visit.visitor_id, body.coupon, visit.customer_id)
    elif body.coupon:
        raise NotFound
    else:
        await choose_savings.use_no_coupon(visit.visitor_id)
    await choose_savings.use_points(visit.visitor_id, body.use_points)
