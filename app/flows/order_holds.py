"""Whether a paid order waits before it is sent: what the store's rules find, and what a release sets in motion.

Steps inside an open transaction with the order's row locked; not journeys of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

import tenants
from app import freight, fulfillment, risk
from app.flows.postal_address import AddressForm, check_address
from app.flows.work_order_steps import push
from app.fulfillment import HoldRules
from app.kernel.clock import now
from app.orders import Order

RULE = "rule"  # who opened it, when it was no person
SHORTEST_STREET = 4
NUMBERS = frozenset("一二三四五六七八九十百千零〇两兩")
# How names of districts end, where addresses have them.
DISTRICTS = {
    "CN": ("区", "县", "市", "旗", "镇", "鎮", "乡", "區", "縣"),
    "TW": ("區", "区", "鄉", "乡", "鎮", "镇", "市"),
}
EARLIER = """
SELECT 1 FROM orders WHERE id <> $1 AND paid_at IS NOT NULL AND placed_at < $2 AND (customer = $3
    OR (phone <> '' AND phone = $4) OR (email <> '' AND lower(email) = lower($5))) LIMIT 1
"""


async def examine(order: Order, rules: HoldRules) -> None:
    """Open a hold for everything the rules find. What costs nothing is neither cooled nor doubted for its worth."""
    for kind, params in (await _found(order, rules)).items():
        until = (order.paid_at or now()) + timedelta(minutes=rules.cooling_minutes) if kind == "cooling" else None
        await fulfillment.open_hold(order.id, kind, by=RULE, until=until, params=params)


async def _found(order: Order, rules: HoldRules) -> dict[str, dict[str, str]]:
    found = _found_about_address(order, rules)
    if rules.fraud and (case := await risk.case_of(order.id)) and case.is_open:
        found["fraud"] = {}
    worth = order.total_amount
    if rules.from_amount is not None and worth >= rules.from_amount:
        found["amount"] = {}
    if rules.first_from_amount is not None and worth >= rules.first_from_amount and await _is_first(order):
        found["first_order"] = {}
    cooled = (order.paid_at or order.placed_at) + timedelta(minutes=rules.cooling_minutes)
    if worth and rules.cooling_minutes and cooled > now():
        found["cooling"] = {}
    return found


def _found_about_address(order: Order, rules: HoldRules) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    if rules.bad_address and (doubts := address_doubts(order.ship_to)):
        found["address"] = {"doubts": " ".join(doubts)}
    if area := blocked_area(order.ship_to, rules):
        found["blocked_region"] = {"area": area}
    return found


def address_doubts(ship_to: Mapping[str, object]) -> list[str]:
    """Codes of what a courier may not cope with."""
    form = msgspec.convert({name: str(ship_to.get(name) or "") for name in AddressForm.__struct_fields__}, AddressForm)
    doubts = ["incomplete"] if check_address(form) else []
    street = form.street.strip()
    if street and len(street) < SHORTEST_STREET:
        doubts.append("too_short")
    if street and not any(letter.isdigit() or letter in NUMBERS for letter in street):
        doubts.append("no_number")
    endings = DISTRICTS.get(form.country)
    if endings and form.district and not form.district.strip().endswith(endings):
        doubts.append("unknown_district")
    return doubts


def blocked_area(ship_to: Mapping[str, object], rules: HoldRules) -> str:
    """The first area on the merchant's list that it goes to."""
    to = freight.Destination.of(ship_to)
    areas = (one for one in rules.blocked if one.country == to.country)
    return next((one.region or one.country for one in areas if not one.region or to.lies_in(one.region)), "")


async def _is_first(order: Order) -> bool:
    known = await tenants.connection().fetchval(
        EARLIER, order.id, order.placed_at, order.customer, order.phone, order.email
    )
    return known is None


async def look_for_review(order_id: UUID) -> None:
    """A case was opened about the order: it waits for the review, unless a warehouse may have it already."""
    if (await fulfillment.routing_policy()).holds.fraud:
        await fulfillment.open_hold(order_id, "fraud", by=RULE)
        await fulfillment.settle_holds(order_id)


async def release(order_id: UUID, kinds: Iterable[str] | None, *, by: str) -> list[str]:
    """Let go of these holds, or of all; what nothing holds any more is sent. Answers which were open."""
    released = await fulfillment.release_holds(order_id, None if kinds is None else list(kinds), by=by)
    if released:
        await follow(order_id)
    return released


async def follow(order_id: UUID) -> None:
    """Holds have changed: work orders that nothing holds any more are pushed."""
    for work_order in await fulfillment.settle_holds(order_id):
        await push(work_order)


async def look_at_address(order: Order) -> None:
    """The address was changed: if the rules find nothing wrong any more, that hold is over."""
    rules = (await fulfillment.routing_policy()).holds
    if not address_doubts(order.ship_to):
        await release(order.id, ["address"], by=RULE)
    if not blocked_area(order.ship_to, rules):
        await release(order.id, ["blocked_region"], by=RULE)


async def doubt_address(order: Order) -> None:
    """A shopper's new address is looked at like the first one; what no warehouse has waits for a person."""
    found = _found_about_address(order, (await fulfillment.routing_policy()).holds)
    for kind, params in found.items():
        await fulfillment.open_hold(order.id, kind, by=RULE, params=params)
    if found:
        await fulfillment.settle_holds(order.id)
