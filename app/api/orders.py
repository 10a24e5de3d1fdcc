"""Orders of the token's owner: placing one, following it, calling it off, and where it stands in its campaign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from msgspec import Meta

import tenants
from app import freight, fulfillment, group_buying, identity, inventory, orders, pickups, promotions
from app.api.admission import visit_of
from app.api.bodies import KeyNeeded, Line, answer, read_body
from app.api.campaign_facts import Team, team_shown
from app.api.carts import Named
from app.api.described import described
from app.api.queries import OwnOrder, own_orders
from app.api.shapes import Moment, Money, Next, Picture, money, picture
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.cart_contents import look_into_cart
from app.flows.place_order import Checkout, EmptyCart, NotForSale, PriceChanged, place_order
from app.flows.postal_address import AddressForm, as_ship_to, check_address, in_lines
from app.flows.price_words import cuts_of, named_cuts
from app.flows.wallet_payments import Wallets
from app.kernel import idempotency, limits
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import current_locale, gettext

AnyRequest = Request[Any, Any, Any]
NOTE_LENGTH = 300
CONTACT = ("recipient", "phone")


class Address(AddressForm, forbid_unknown_fields=True, kw_only=True):
    """Where the parcel goes. Which parts are needed depends on the country; `GET /store` lists them."""


class Placing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The cart becomes an order at exactly the total you show, or not at all.

    Of an address only `recipient` and `phone` are needed where the cart has a `place`.
    """

    cart: UUID
    total: Annotated[int, Meta(description="Minor units: the `total` of the quote the shopper agreed to", ge=0)]
    address: Address
    email: Annotated[Line, Meta(description="Needed outside mainland China")] = ""
    note: Annotated[str, Meta(max_length=NOTE_LENGTH)] = ""
    gift_card: Line = ""
    use_credit: bool = False


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order. `paid` is what its goods cost after every cut."""

    title: str
    variant_title: str
    sku: str
    picture: Picture | None
    quantity: int
    list_price: Money
    paid: Money


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel on its way."""

    carrier: str
    tracking_number: str
    status: str


class Pickup(msgspec.Struct, frozen=True, kw_only=True):
    """Where and with which code it is picked up."""

    point: str
    address: str
    code: Annotated[str, Meta(description="Shown to whoever hands it out")]
    status: str


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    """What place an order has in its campaign."""

    campaign: Annotated[str, Meta(description="Code of the campaign")]
    kind: str
    title: str
    status: Annotated[str, Meta(description="held (not paid), taken (paid, waits), confirmed, or released")]
    status_name: str
    number: Annotated[int | None, Meta(description="Place in the order of payments; null before it is paid")]
    nick: str
    team: Annotated[Team | None, Meta(description="Only of one order, not in lists")] = None
    pickup: Annotated[Pickup | None, Meta(description="Only of one order, not in lists")] = None


class OrderCard(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list; `title` and `picture` are those of its first line."""

    number: str
    status: Annotated[str, Meta(description="placed, completed, canceled or expired")]
    payment_status: str
    fulfillment_status: str
    total: Money
    placed_at: Moment
    title: str
    picture: Picture | None
    units: int
    participation: Participation | None


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """A page of orders, the newest first."""

    items: list[OrderCard]
    next: Next


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One order, whole."""

    number: str
    status: Annotated[str, Meta(description="placed, completed, canceled or expired")]
    payment_status: str
    fulfillment_status: str
    placed_at: Moment
    pay_until: Annotated[Moment | None, Meta(description="Until when it waits for its payment")]
    paid_at: Moment | None
    can_be_paid: bool
    can_be_canceled: bool
    goods: Money
    cuts: list[Named]
    freight: Money
    tax: Money
    total: Money
    paid: Money
    refunded: Money
    due: Money
    address: Annotated[str, Meta(description="In one line, for people")]
    note: str
    lines: list[OrderRow]
    parcels: list[Parcel]
    participation: Participation | None


PLACING_REFUSALS = (
    KeyNeeded, NotFound, EmptyCart, NotForSale, PriceChanged, freight.NotDeliveredThere, promotions.CouponRefused,
    inventory.NotEnoughStock, group_buying.NotRunning, group_buying.QuotaGone, group_buying.LimitReached,
    group_buying.NotForYou,
)  # fmt: skip


class OrderController(Controller):
    @post(
        "/orders",
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
        checkout = _checkout(body, visit.customer_id, pickup=contents.place is not None)
        placed = await place_order(body.cart, visit.visitor_id, checkout)
        async with tenants.transaction():
            order = await orders.find(placed.order_id)
        return answer(await order_shown(order), status=201, headers={"Location": f"/api/v1/orders/{placed.number}"})

    @get("/orders", **described("Own orders", gives=Orders, bearer=True))
    async def list_own(self, request: AnyRequest, after: FromQuery[str] = "") -> Response[bytes]:
        """20 at a time."""
        return await _listed(request, after, only_campaigns=False)

    @get("/participations", **described("Own orders in campaigns", gives=Orders, bearer=True))
    async def list_participations(self, request: AnyRequest, after: FromQuery[str] = "") -> Response[bytes]:
        """The same list, without plain orders."""
        return await _listed(request, after, only_campaigns=True)

    @get("/orders/{number:str}", **described("One order", gives=Order, bearer=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """With its lines, parcels and its place in a campaign."""
        return answer(await order_shown(await own_order(request, number)))

    @post(
        "/orders/{number:str}/cancellation",
        **described(
            "Call an order off", gives=Order, bearer=True, key="optional", refuses=(NotFound, TooLateToCancel)
        ),
    )  # fmt: skip
    async def cancel(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """What was paid goes back the way it came."""
        order = await own_order(request, number)
        await cancel_order(order.id, actor="shopper")
        return answer(await order_shown(await own_order(request, number)))


async def own_order(request: AnyRequest, number: str) -> orders.Order:
    """Raises SignInNeeded without a token, NotFound for somebody else's."""
    visit = await visit_of(request)
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    if not order.belongs_to(visit.visitor_id, visit.customer_id):
        raise NotFound
    return order


async def _listed(request: AnyRequest, after: str, *, only_campaigns: bool) -> Response[bytes]:
    visit = await visit_of(request)
    async with tenants.transaction():
        found = await own_orders(visit.customer_id, visit.visitor_id, only_campaigns=only_campaigns, after=after)
    return answer(Orders(items=[_card(one) for one in found.items], next=found.next))


def _checkout(body: Placing, customer_id: UUID | None, *, pickup: bool) -> Checkout:
    """Raises InvalidInput with everything that is wrong at once. Who picks it up gives no address."""
    wrong = {
        f"address.{name}": words for name, words in check_address(body.address).items() if not pickup or name in CONTACT
    }
    email = body.email.strip().lower()
    if email or body.address.country != "CN":
        try:
            email = identity.check_email(email)
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)
    contact = {name: getattr(body.address, name) for name in CONTACT}
    return Checkout(
        email=email, phone=body.address.phone, ship_to=contact if pickup else as_ship_to(body.address),
        locale=current_locale.get(),
        customer_id=customer_id, note=body.note, seen_total=body.total,
        wallets=Wallets((body.gift_card,) if body.gift_card else (), body.use_credit),
    )  # fmt: skip


async def order_shown(order: orders.Order) -> Order:
    async with tenants.transaction():
        lines, parcels = await orders.lines_of(order.id), await fulfillment.parcels_of(order.id)
        code, part = await promotions.coupon_of_order(order.id), await _participation(order)
    return Order(
        number=order.number, status=order.status, payment_status=order.payment_status,
        fulfillment_status=order.fulfillment_status, placed_at=order.placed_at, paid_at=order.paid_at,
        pay_until=order.expires_at if order.awaits_payment else None, can_be_paid=order.awaits_payment,
        can_be_canceled=order.is_cancelable, goods=money(order.goods_amount), cuts=_cuts(lines, code),
        freight=money(order.freight_amount), tax=money(order.tax_amount), total=money(order.total_amount),
        paid=money(order.paid_amount), refunded=money(order.refunded_amount), due=money(order.due_amount),
        address=in_lines(order.ship_to), note=order.note, lines=[_row(line) for line in lines],
        parcels=[
            Parcel(carrier=each.carrier, tracking_number=each.tracking_number, status=each.status) for each in parcels
        ],
        participation=part,
    )  # fmt: skip


def _cuts(lines: Sequence[orders.Line], code: str) -> list[Named]:
    return [Named(name=name, amount=money(amount)) for name, amount in named_cuts(cuts_of(lines), code=code)]


def _row(line: orders.Line) -> OrderRow:
    return OrderRow(
        title=line.title, variant_title=line.variant_title, sku=line.sku, picture=picture(line.image_key),
        quantity=line.quantity, list_price=money(line.unit_amount), paid=money(line.paid_goods_amount),
    )  # fmt: skip


async def _participation(order: orders.Order) -> Participation | None:
    if order.campaign is None:
        return None
    campaign, part = await group_buying.find(order.campaign), await group_buying.participation_of(order.id)
    return Participation(
        campaign=campaign.code, kind=campaign.kind, title=campaign.title, status=part.status,
        status_name=_status_name(part.status), number=part.sequence_number, nick=part.nick,
        team=await _team(order.id), pickup=await _pickup(order, campaign.kind),
    )  # fmt: skip


async def _team(order_id: UUID) -> Team | None:
    seat = await group_buying.seats.seat_of(order_id)
    return team_shown(await group_buying.teams.find(seat.team)) if seat else None


async def _pickup(order: orders.Order, kind: str) -> Pickup | None:
    if kind != "community":
        return None
    found = await pickups.find(order.id)
    point = await pickups.find_point(found.point)
    return Pickup(
        point=point.name, address=in_lines(point.address), code=pickups.codes.in_groups(found.code), status=found.status
    )


def _status_name(status: str) -> str:
    return gettext(group_buying.words.PARTICIPATION[status][0])


def _card(one: OwnOrder) -> OrderCard:
    part = None
    if one.campaign and one.place:
        part = Participation(
            campaign=one.campaign, kind=one.kind or "", title=one.campaign_title or "", status=one.place,
            status_name=_status_name(one.place), number=one.sequence_number, nick=one.nick or "",
        )  # fmt: skip
    return OrderCard(
        number=one.number, status=one.status, payment_status=one.payment_status,
        fulfillment_status=one.fulfillment_status, total=money(one.total_amount), placed_at=one.placed_at,
        title=one.title, picture=picture(one.image_key), units=one.units, participation=part,
    )  # fmt: skip
