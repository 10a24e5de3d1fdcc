"""When a shopper may send an order to another address: not a flow, but what the journeys of addresses ask first.

Steps inside an open transaction with the order's row locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import tenants
from app import freight, fulfillment, orders, store
from app.flows import order_holds
from app.kernel.errors import Refusal
from app.kernel.formats import money
from app.orders import FreightRule, Line, Order

SHOPPER = "shopper"
MOST = 3  # times in the life of an order; more is a matter for the store
MADE = """
SELECT (SELECT count(*) FROM order_event
        WHERE order_id = $1 AND field = 'edit' AND to_status = 'address' AND actor = 'shopper')
     + coalesce((SELECT max(asked) FROM (
        SELECT count(*) AS asked FROM fulfillment_stop AS stop
        JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order
        WHERE work.order_id = $1 AND stop.purpose = 'address' AND stop.asked_by = 'shopper' AND stop.status = 'failed'
        GROUP BY work.id) AS failed), 0)
"""
TEMPLATES = "SELECT id, title, freight_template FROM product WHERE id = ANY($1::uuid[])"


class NoAddressToChange(Refusal):
    """It is picked up, or nothing of it is sent, or it is over."""

    code = "orders.no_address_to_change"
    status = 409
    message = "The address of this order cannot be changed any more. Write to the store."


class TooManyAddresses(Refusal):
    """Somebody keeps changing his mind, or somebody else plays with the warehouse."""

    code = "orders.too_many_addresses"
    status = 409
    message = "The address of this order was changed %(most)s times already. Write to the store to change it again."


class DearerThere(Refusal):
    """What delivery costs was agreed on with the order."""

    code = "orders.dearer_there"
    status = 409
    message = (
        "Delivery there costs %(more)s more than what was agreed for this order. Cancel it and order again, or choose"
        " an address in the same region."
    )


def may_change(order: Order, lines: Sequence[Line]) -> bool:
    """Whether there is an address on a parcel that has not left."""
    waits = order.status == "placed" and order.fulfillment_status == "unfulfilled"
    return waits and bool(order.ship_to.get("country")) and any(line.requires_shipping for line in lines)


async def require_fair(order: Order, ship_to: Mapping[str, str]) -> None:
    """Raises NoAddressToChange, TooManyAddresses, DearerThere, NotDeliveredThere."""
    if not may_change(order, await orders.lines_of(order.id)):
        raise NoAddressToChange
    if await tenants.connection().fetchval(MADE, order.id) >= MOST:
        raise TooManyAddresses(most=MOST)
    here, there = freight.Destination.of(order.ship_to), freight.Destination.of(ship_to)
    if here != there:
        before, after = await _costs(order, (here, there))
        if after > before:
            raise DearerThere(more=money(after - before, order.currency))


async def _costs(order: Order, places: tuple[freight.Destination, freight.Destination]) -> list[int]:
    """What delivery to each costs by the rules of today, so that only the place makes the difference."""
    kept = await orders.recorded(order.id)
    rows = await tenants.connection().fetch(TEMPLATES, [line.product for line in kept.lines])
    known: dict[UUID, Any] = {row["id"]: row for row in rows}
    goods = [
        freight.Goods(
            known[line.product]["title"], known[line.product]["freight_template"],
            line.requires_shipping and line.quantity > 0,
        )
        for line in kept.lines
    ]  # fmt: skip
    profile = await store.read_profile()
    tariff = await freight.tariff_for(
        [each.template for each in goods], home=freight.home_of(order.currency),
        flat=freight.flat_template(profile.freight_amount, profile.free_freight_from_amount),
    )  # fmt: skip
    found = []
    for place in places:
        delivery: freight.Delivery = tariff.deliver(goods, place)
        rule: FreightRule = delivery
        found.append(orders.price(kept.lines, kept.rules, rule).freight_amount)
    delivery.require_delivered()
    return found


async def look_again(order: Order, *, by_shopper: bool) -> None:
    """The address was changed. Whoever works for the store knows what she does; the rules look at a shopper's again."""
    if by_shopper and await fulfillment.work_orders_of(order.id):
        await order_holds.doubt_address(order)
    await order_holds.look_at_address(order)
