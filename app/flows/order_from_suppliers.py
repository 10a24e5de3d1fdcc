"""At a cut-off, what shoppers have paid for is ordered from its suppliers: one purchase order each.

One transaction; whoever orders or recomputes at the same time waits. A unit is ordered once. A batch can be opened
again: what was paid since is added and what was called off falls out, which makes a new version of every purchase
order that was not answered yet. Of one that was accepted the rest becomes a supplement, and what is not wanted any more
is asked back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec

import tenants
from app import purchasing, suppliers
from app.flows import supply_mail
from app.flows.purchase_versions import drop_surplus, settle_version
from app.flows.supply_needs import needs_until
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.purchasing import Need, Purchase
from tenants import states


class NothingToOrder(Refusal):
    """Everything that was paid for is ordered already, or has no supplier with a cost."""

    code = "purchasing.nothing_to_order"
    status = 409
    message = "There is nothing to order: everything that was paid for is ordered, or comes from nobody."


class Outcome(msgspec.Struct, frozen=True):
    """`without_cost` are goods nobody could order, because nobody said what they cost."""

    batch: UUID
    changed: int
    without_cost: tuple[str, ...]


async def order_from_suppliers(*, campaign: UUID | None = None, cut_off_at: datetime | None = None, by: str) -> Outcome:
    """Raises NothingToOrder, StoreClosed."""
    states.require(tenants.current(), "edit")
    until = cut_off_at or now()
    async with tenants.transaction():
        await purchasing.order_alone()
        needs, without_cost, costs = await _needs(until, campaign)
        if not needs:
            raise NothingToOrder
        batch = await purchasing.open_batch(campaign, until, by=by)
        for supplier, its in _by_supplier(needs):
            purchase = await purchasing.send(supplier, batch.id)
            await _put(purchase, its, costs)
            await purchasing.write_version(purchase, 1, "made", by=by)
            await supply_mail.tell(purchase, "purchase.sent")
    return Outcome(batch.id, 0, without_cost)


async def reopen(batch_id: UUID, *, by: str) -> Outcome:
    """Compute a batch again, as if its cut-off were now. Raises NotFound, StoreClosed."""
    states.require(tenants.current(), "edit")
    until = now()
    async with tenants.transaction():
        await purchasing.order_alone()
        batch = await purchasing.find_batch(batch_id)
        known = await purchasing.purchases_of(batch_id, lock=True)
        changed = {purchase.id for purchase in known if await drop_surplus(purchase, by=by)}
        needs, without_cost, costs = await _needs(until, batch.campaign)
        new = set[UUID]()
        for supplier, its in _by_supplier(needs):
            purchase_id, is_new = await _open_purchase(supplier, batch_id, known)
            await _put(purchase_id, its, costs)
            (new if is_new else changed).add(purchase_id)
        await _write_versions(known, changed, new, by)
        await purchasing.note_computed(batch_id, until)
    return Outcome(batch_id, len(changed | new), without_cost)


async def _needs(
    until: datetime, campaign: UUID | None
) -> tuple[list[Need], tuple[str, ...], dict[tuple[UUID, UUID], int]]:
    """What can be ordered, what cannot because it has no cost, and the costs by supplier and variant."""
    found = await needs_until(until, campaign)
    costs: dict[tuple[UUID, UUID], int] = {}
    for supplier, its in _by_supplier(found):
        known = await suppliers.costs_at(supplier, {need.variant for need in its}, until)
        costs |= {(supplier, variant): amount for variant, amount in known.items()}
    without = sorted({need.title for need in found if (need.supplier, need.variant) not in costs})
    return [need for need in found if (need.supplier, need.variant) in costs], tuple(without), costs


def _by_supplier(needs: Sequence[Need]) -> list[tuple[UUID, list[Need]]]:
    return [(supplier, list(its)) for supplier, its in groupby(needs, key=lambda need: need.supplier)]


async def _put(purchase: UUID, needs: Sequence[Need], costs: dict[tuple[UUID, UUID], int]) -> None:
    for need in needs:
        line = await purchasing.line_for(purchase, need, costs[need.supplier, need.variant])
        await purchasing.add_units(line, [need])
    await purchasing.count_up(purchase)


async def _open_purchase(supplier: UUID, batch: UUID, known: Sequence[Purchase]) -> tuple[UUID, bool]:
    """The one that waits for an answer, else a new one: a supplement to what was accepted before."""
    its = [purchase for purchase in known if purchase.supplier == supplier]
    waiting = next((purchase.id for purchase in its if purchase.status == "sent"), None)
    if waiting:
        return waiting, False
    before = next((purchase.id for purchase in its if purchase.status in ("accepted", "closed")), None)
    return await purchasing.send(supplier, batch, supplements=before), True


async def _write_versions(known: Sequence[Purchase], changed: set[UUID], new: set[UUID], by: str) -> None:
    for purchase in known:
        if purchase.id in changed:
            await settle_version(purchase.id, by=by)
    for each in sorted(new):
        await purchasing.write_version(each, 1, "made", by=by)
        await supply_mail.tell(each, "purchase.sent")
