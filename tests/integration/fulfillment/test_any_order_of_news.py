"""What a warehouse tells of one order ends in the same state, in whatever order and however often it is told."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import Consignment, accept, prepare
from app.flows.take_notice import take_notice
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Parcel,
    ParcelLine,
    ProgressNotice,
    Receipt,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
)
from tenants import Tenant
from tests import invariants
from tests.builders_selling import Offer, offer, paid_order

EXAMPLES = int(os.environ.get("NEWS_EXAMPLES", "12"))
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEWS = ("accepted", "picked", "packed", "first", "second", "last", "short", "canceled")
WORK = ("open", "submitted", "accepted", "rejected", "incomplete", "closed")
ORDER = ("unfulfilled", "partially_fulfilled", "fulfilled")
Telling = Callable[[], Awaitable[None]]


class Sent:
    """A work order of three peaches and two pears that the warehouse may know of."""

    def __init__(self, consignment: Consignment, order_id: UUID, lines: list[orders.Line]) -> None:
        self.consignment, self.order_id = consignment, order_id
        self.lines = [str(line.id) for line in lines]
        self.reference = consignment.order.reference

    def telling(self, news: str) -> Telling:
        if news == "accepted":
            return partial(accept, self.consignment, Receipt(self.reference, "W-1"))
        return partial(take_notice, self._notice(news), "")

    def _notice(self, news: str) -> Notice:
        number, peaches, pears = f"{self.reference}:{news}", *self.lines
        match news:
            case "picked":
                return ProgressNotice(number, self.reference, 2, packed=False, at=AT)
            case "packed":
                return ProgressNotice(number, self.reference, 5, packed=True, at=AT)
            case "short":
                return ShortNotice(number, self.reference, (ShortLine(pears, "PEAR", 1),), "none left", AT)
            case "canceled":
                return CancelNotice(number, self.reference, "closed today", AT)
        inside = {"first": ((peaches, 2),), "second": ((peaches, 1), (pears, 1)), "last": ((pears, 1),)}[news]
        parcel = Parcel(number, "sf", "SF", AT, tuple(ParcelLine(line, "", units) for line, units in inside))
        return ShipmentNotice(number, self.reference, parcel, complete=news == "last")

    async def facts(self) -> dict[str, Any]:
        """Everything that may depend on what was told; moments that are ours only as yes or no."""
        async with tenants.transaction():
            work = await fulfillment.lock(self.consignment.work_order)
            order = await orders.find(self.order_id)
            parcels = await fulfillment.parcels_of(self.order_id)
            shorts = await fulfillment.short_picks_of(work.id)
            held = await tenants.connection().fetch(
                "SELECT shipped_quantity FROM reservation WHERE order_id = $1 ORDER BY quantity", self.order_id
            )
        return {
            "work": work.status, "order": order.fulfillment_status, "reason": work.status_reason,
            "ref": work.warehouse_ref, "picked": work.picked, "packed": work.packed_at,
            "ended": work.ended_at is not None, "accepted": work.accepted_at is not None,
            "parcels": sorted(one.tracking_number.partition(":")[2] for one in parcels),
            "short": [(one.missing, one.status) for one in shorts], "gone": [row[0] for row in held],
        }  # fmt: skip


async def _sent(peaches: Offer, pears: Offer) -> Sent:
    placed = await paid_order(peaches, peaches, peaches, pears, pears)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        lines = sorted(await orders.lines_of(placed.order_id), key=lambda line: -line.quantity)
    return Sent(cast(Consignment, await prepare(work_order.id)), placed.order_id, lines)


def _ranks(facts: dict[str, Any]) -> tuple[int, ...]:
    return WORK.index(facts["work"]), ORDER.index(facts["order"]), facts["picked"], len(facts["parcels"])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(told=["canceled", "short"])  # called off, and yet it had been picked from
@given(told=st.lists(st.sampled_from(NEWS), min_size=1, max_size=12))
async def test_any_order_of_news_ends_in_the_same_state(shop: Tenant, told: list[str]) -> None:
    peaches, pears = await offer(stock=10), await offer(title="Pears", stock=10)
    theirs, ours = await _sent(peaches, pears), await _sent(peaches, pears)

    before = await theirs.facts()
    for news in told:
        await theirs.telling(news)()
        after = await theirs.facts()
        assert all(now >= then for now, then in zip(_ranks(after), _ranks(before), strict=True)), (news, before, after)
        before = after
    for news in [one for one in NEWS if one in told]:
        await ours.telling(news)()

    assert before == await ours.facts()
    await invariants.check(shop)
