"""Placing an order: a cart becomes one at exactly the total the shopper saw."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, post
from msgspec import Meta

import tenants
from app import freight, identity, inventory, live, orders, promotions, wallets
from app.api.admission import visit_of
from app.api.bodies import KeyNeeded, Line, answer, read_body
from app.api.campaign_refusals import OF_CAMPAIGNS
from app.api.described import described
from app.api.order_shapes import Order, order_shown
from app.flows.campaign_mode import Place
from app.flows.cart_contents import look_into_cart
from app.flows.place_order import Checkout, EmptyCart, NoAddress, NotForSale, PriceChanged, place_order
from app.flows.postal_address import AddressForm, as_ship_to, check_address
from app.flows.wallet_payments import Wallets
from app.kernel import idempotency, limits
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import current_locale

AnyRequest = Request[Any, Any, Any]
NOTE_LENGTH = 300
CONTACT = ("recipient", "phone")


class Address(AddressForm, forbid_unknown_fields=True, kw_only=True):
    """Where the parcel goes. Which parts are needed depends on the country; `GET /store` lists them."""


class SeenGift(msgspec.Struct, forbid_unknown_fields=True):
    """A gift as the cart showed it."""

    gift: UUID
    quantity: Annotated[int, Meta(ge=1)]


class Placing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The cart becomes an order at exactly the total you show, or not at all.

    Of an address only `recipient` and `phone` are needed where the cart has a `place`, and `street` where that asks for
    it.
    """

    cart: UUID
    total: Annotated[int, Meta(description="Minor units: the `total` of the quote the shopper agreed to", ge=0)]
    address: Address
    email: Annotated[Line, Meta(description="Needed outside mainland China")] = ""
    note: Annotated[str, Meta(max_length=NOTE_LENGTH)] = ""
    gift_card: Line = ""
    use_credit: bool = False
    gifts: Annotated[
        list[SeenGift], Meta(max_length=50, description="The gifts you showed: with fewer of them nothing is ordered")
    ] = []


PLACING_REFUSALS = (
    KeyNeeded, NotFound, EmptyCart, NotForSale, PriceChanged, NoAddress, freight.NotDeliveredThere,
    promotions.CouponRefused, promotions.NotEnoughPoints, wallets.UnknownGiftCard, wallets.EmptyGiftCard,
    inventory.NotEnoughStock, live.GiftGone, *OF_CAMPAIGNS,
)  # fmt: skip


class PlacingController(Controller):
    path = "/orders"

    @post(
        **described(
            "Place an order", takes=Placing, gives=Order, status=201, bearer=True, key="required",
            refuses=PLACING_REFUSALS,
        ),
    )  # fmt: skip
    async def place(self, request: AnyRequest) -> Response[bytes]:
        """The stock is held until `pay_until`. A cart becomes one order, however often it is sent.

        When the total is another one by now, nothing is ordered: ask for a quote, show it, and send again.
        """
        if not request.headers.get(idempotency.HEADER):
            raise KeyNeeded
        await limits.take(limits.CHECKOUT, str(tenants.current().id), identity.client_address(request))
        visit, body = await visit_of(request), await read_body(request, Placing)
        async with tenants.transaction():
            contents = await look_into_cart(body.cart, visit.visitor_id, customer_id=visit.customer_id)
        checkout = _checkout(body, visit.customer_id, contents.place)
        placed = await place_order(body.cart, visit.visitor_id, checkout)
        async with tenants.transaction():
            order = await orders.find(placed.order_id)
        return answer(await order_shown(order), status=201, headers={"Location": f"/api/v1/orders/{placed.number}"})


def _checkout(body: Placing, customer_id: UUID | None, place: Place | None) -> Checkout:
    """Raises InvalidInput with everything that is wrong at once. Who picks it up gives no address, and who has it
    brought around only a street.
    """
    asked = (*CONTACT, "street") if place and place.asks_street else CONTACT
    wrong = {
        f"address.{name}": words
        for name, words in check_address(body.address).items()
        if place is None or name in asked
    }
    email = body.email.strip().lower()
    if email or body.address.country != "CN":
        try:
            email = identity.check_email(email)
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)
    contact = {name: getattr(body.address, name) for name in asked}
    return Checkout(
        email=email, phone=body.address.phone, ship_to=contact if place else as_ship_to(body.address),
        locale=current_locale.get(),
        customer_id=customer_id, note=body.note, seen_total=body.total,
        wallets=Wallets((body.gift_card,) if body.gift_card else (), body.use_credit),
        seen_gifts={seen.gift: seen.quantity for seen in body.gifts},
    )  # fmt: skip
