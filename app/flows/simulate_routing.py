"""What rules of routing would choose, before anybody saves them: for one order, typed goods, or the latest orders.

Only reads. Every order is asked as if it were placed now and alone, with the stock of this moment and its own units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

import tenants
from app import freight, fulfillment, inventory, orders
from app.flows import order_routing
from app.fulfillment import ENDLESS, Need, Place, Route, Rules
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

LATEST = 200
GOODS = """
SELECT line.order_id, line.id AS line, line.variant, line.product, line.quantity, orders.ship_to,
    line.gift IS NOT NULL AS gift,
    coalesce((SELECT jsonb_object_agg(own.warehouse, own.quantity - own.shipped_quantity) FROM reservation AS own
        WHERE own.order_line = line.id AND own.status = 'allocated'), '{}') AS own
FROM order_line AS line JOIN orders ON orders.id = line.order_id
WHERE line.requires_shipping AND orders.id = ANY(SELECT id FROM orders WHERE paid_at IS NOT NULL
    AND ($1::uuid IS NULL OR id = $1) ORDER BY paid_at DESC LIMIT $2)
ORDER BY line.order_id, line.line_number
"""
TYPED = "SELECT id, product, sku FROM variant WHERE sku = ANY($1::text[]) AND active ORDER BY id"


class Goods(msgspec.Struct, frozen=True):
    """What one order wants, where to, and what it owns already where."""

    needs: tuple[Need, ...]
    ship_to: Mapping[str, object]
    own: Mapping[tuple[UUID, UUID], int] = {}


class Sum(msgspec.Struct, frozen=True):
    """What some rules make of all the orders together. `left` are orders that nobody has everything of."""

    orders: int
    parcels: int
    split: int
    left: int
    amount: int

    @property
    def single(self) -> int:
        return self.orders - self.split - self.left


async def goods_of(number: str) -> Goods:
    """Raises NotFound."""
    order = await orders.find_by_number(number)
    found = await _goods(order.id)
    return found[0] if found else Goods((), order.ship_to)


async def latest_goods() -> list[Goods]:
    return await _goods(None)


async def typed_goods(units: Mapping[str, int], ship_to: Mapping[str, object]) -> Goods:
    """By SKU. Raises InvalidInput naming what nobody sells."""
    rows = {row["sku"]: row for row in await tenants.connection().fetch(TYPED, list(units))}
    if any(sku not in rows for sku in units):
        raise InvalidInput({"sim_lines": N_("There are no goods with one of these SKUs: check their spelling.")})
    needs = (Need(rows[sku]["id"], rows[sku]["id"], rows[sku]["product"], many) for sku, many in units.items())
    return Goods(tuple(needs), ship_to)


async def choose(wanted: Sequence[Goods], *choices: Rules) -> list[list[Route]]:
    """For every one of the rules, the route of each order."""
    places = [order_routing.place_of(facts) for facts in await fulfillment.warehouses()]
    free = await inventory.free_units_of({need.variant for goods in wanted for need in goods.needs})
    levels = {place: ENDLESS if units is None else units for place, units in free.items()}
    minute = order_routing.minute_now()
    return [[_route(goods, levels, places, rules, minute) for goods in wanted] for rules in choices]


def _route(
    goods: Goods, levels: Mapping[tuple[UUID, UUID], int], places: Sequence[Place], rules: Rules, minute: int
) -> Route:
    own = {place: min(ENDLESS, levels.get(place, 0) + units) for place, units in goods.own.items()}
    to = freight.Destination.of(goods.ship_to)
    return fulfillment.route(goods.needs, {**levels, **own}, places, to, rules, minute=minute)


def sum_up(routes: Iterable[Route]) -> Sum:
    found = list(routes)
    return Sum(
        orders=len(found),
        parcels=sum(route.parcels for route in found),
        split=sum(route.parcels > 1 for route in found),
        left=sum(not route.parcels for route in found),
        amount=sum(route.amount for route in found),
    )


async def _goods(order_id: UUID | None) -> list[Goods]:
    by_order: dict[UUID, Goods] = {}
    for row in await tenants.connection().fetch(GOODS, order_id, LATEST):
        before = by_order.get(row["order_id"]) or Goods((), msgspec.json.decode(row["ship_to"]))
        own = dict(before.own)
        for place, units in msgspec.json.decode(row["own"], type=dict[UUID, int]).items():
            own[row["variant"], place] = own.get((row["variant"], place), 0) + units
        need = Need(row["line"], row["variant"], row["product"], row["quantity"], gift=row["gift"])
        by_order[row["order_id"]] = Goods((*before.needs, need), before.ship_to, own)
    return list(by_order.values())
