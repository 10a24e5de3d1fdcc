"""What an order is to programs: whole, and as a card in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

import tenants
from app import fulfillment, orders, promotions
from app.api.cart_shapes import Named
from app.api.participation_shapes import Participation, participation_of_card, participation_shown
from app.api.queries import OwnOrder
from app.api.shapes import Moment, Money, Next, Picture, money, picture
from app.flows.postal_address import in_lines
from app.flows.price_words import cuts_of, named_cuts
from app.flows.unwanted_units import unsent_of


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order. `paid` is what its goods cost after every cut."""

    line: UUID
    title: str
    variant_title: str
    sku: str
    picture: Picture | None
    quantity: int
    unsent: Annotated[int, Meta(description="So many can still be taken out of the order")]
    list_price: Money
    paid: Money
    gift: Annotated[bool, Meta(description="It came with other goods and cost nothing")] = False


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel on its way."""

    carrier: str
    tracking_number: str
    status: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouses of an order were asked last, after they had it. Nothing has changed while it is `asked`."""

    to: Annotated[str, Meta(description="cancel, address: send it elsewhere, or refund: some units are not wanted")]
    status: Annotated[str, Meta(description="asked, stopped (they agreed) or failed")]
    has_left: Annotated[bool, Meta(description="It failed because the parcel had left")]
    then: Annotated[
        str,
        Meta(
            description="What the store decided after it failed: `return`, send it back when it has arrived;"
            " `at_the_door`, do not accept it, and once it is back the money goes back; else empty"
        ),
    ] = ""


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
    ships_by: Annotated[Moment | None, Meta(description="By when what has not left yet was promised to leave")]
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
    asked: Asked | None
    participation: Participation | None


async def order_shown(order: orders.Order) -> Order:
    async with tenants.transaction():
        lines, parcels = await orders.lines_of(order.id), await fulfillment.parcels_of(order.id)
        code, part = await promotions.coupon_of_order(order.id), await participation_shown(order)
        ways = [one.way for one in await fulfillment.ways_back_of(order.id)]
        wish = await fulfillment.last_wish(order.id) or await fulfillment.last_wish(order.id, "refund")
        ships_by = await fulfillment.promised_by(order.id)
        unsent = {one.line.id: one.units for one in await unsent_of(order)}
    return Order(
        number=order.number, status=order.status, payment_status=order.payment_status,
        fulfillment_status=order.fulfillment_status, placed_at=order.placed_at, paid_at=order.paid_at,
        ships_by=ships_by, pay_until=order.expires_at if order.awaits_payment else None,
        can_be_paid=order.awaits_payment, can_be_canceled=order.is_cancelable,
        goods=money(order.goods_amount), cuts=_cuts(lines, code),
        freight=money(order.freight_amount), tax=money(order.tax_amount), total=money(order.total_amount),
        paid=money(order.paid_amount), refunded=money(order.refunded_amount), due=money(order.due_amount),
        address=in_lines(order.ship_to), note=order.note, lines=[_row(line, unsent) for line in lines],
        parcels=[
            Parcel(carrier=each.carrier, tracking_number=each.tracking_number, status=each.status) for each in parcels
        ],
        asked=_asked(wish, ways), participation=part,
    )  # fmt: skip


def _asked(wish: fulfillment.Wish | None, ways: Sequence[str]) -> Asked | None:
    """The store may have decided about units whose money was wished back, where nothing was asked of the whole."""
    if wish is None:
        return Asked(to="refund", status="failed", has_left=True, then=ways[-1]) if ways else None
    return Asked(to=wish.purpose, status=wish.status, has_left=wish.has_left, then=ways[-1] if ways else "")


def _cuts(lines: Sequence[orders.Line], code: str) -> list[Named]:
    return [Named(name=name, amount=money(amount)) for name, amount in named_cuts(cuts_of(lines), code=code)]


def _row(line: orders.Line, unsent: Mapping[UUID, int]) -> OrderRow:
    return OrderRow(
        line=line.id, title=line.title, variant_title=line.variant_title, sku=line.sku,
        picture=picture(line.image_key), unsent=unsent.get(line.id, 0), quantity=line.quantity,
        list_price=money(line.unit_amount), paid=money(line.paid_goods_amount),
        gift=line.gift is not None,
    )  # fmt: skip


def card_shown(one: OwnOrder) -> OrderCard:
    return OrderCard(
        number=one.number, status=one.status, payment_status=one.payment_status,
        fulfillment_status=one.fulfillment_status, total=money(one.total_amount), placed_at=one.placed_at,
        title=one.title, picture=picture(one.image_key), units=one.units, participation=participation_of_card(one),
    )  # fmt: skip
