"""Suppliers and what comes from them, with good defaults."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import tenants
from app import fulfillment, purchasing, suppliers
from app.flows import supplier_shelf
from app.flows.answer_purchase import answer_purchase
from app.flows.order_from_suppliers import order_from_suppliers
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.settle_suppliers import settle_supplier
from app.flows.source_goods import link_goods, save_supplier
from app.flows.supplier_shelf import Shelf
from app.flows.supplier_ships import ship_goods
from app.purchasing import Entry, Line, Purchase, Standing
from app.suppliers import LinkEdit, Terms
from tests.builders_selling import Offer, offer, paid_order

SU_HE = "Su He"


async def supplier(**terms: object) -> UUID:
    said = {"name": f"Orchard {secrets.token_hex(4)}", "email": "orchard@example.test"} | terms
    return await save_supplier(Terms(**said))  # type: ignore[arg-type] # the test's own words


async def comes_from(
    supplier_id: UUID, *offers: Offer, cost: int | None = 2_000, drop_ship: bool = False, main: bool = True
) -> None:
    for one in offers:
        edit = LinkEdit(variant=one.variant, supplier_sku="O-1", drop_ship=drop_ship, is_main=main)
        await link_goods(supplier_id, edit, cost_amount=cost, by=SU_HE)


async def sources_of(offer: Offer) -> list[suppliers.Link]:
    async with tenants.transaction():
        return (await suppliers.suppliers_of([offer.variant])).get(offer.variant, [])


async def planned(*offers: Offer, quantity: int = 1) -> UUID:
    """A paid order whose sending is planned."""
    placed = await paid_order(*offers, quantity=quantity)
    await plan_fulfillment(placed.order_id)
    return placed.order_id


async def batch(**facts: Any) -> list[Purchase]:
    made = await order_from_suppliers(by=SU_HE, **facts)
    return await purchases_in(made.batch)


async def purchases_in(batch_id: UUID) -> list[Purchase]:
    async with tenants.transaction():
        return await purchasing.purchases_of(batch_id)


async def reload(purchase: Purchase) -> Purchase:
    async with tenants.transaction():
        return await purchasing.find_purchase(purchase.id)


async def lines(purchase: Purchase) -> list[Line]:
    async with tenants.transaction():
        return await purchasing.lines_of(purchase.id)


async def content(purchase: Purchase) -> list[tuple[str, str, int]]:
    """Destination kind, label and quantity, as the purchase order says now."""
    async with tenants.transaction():
        found = await purchasing.content_of(purchase.id)
    return [(one.destination_kind, one.label, one.quantity) for one in found]


async def accept(purchase: Purchase, accepted: dict[UUID, int] | None = None, **facts: Any) -> str:
    said: dict[str, Any] = {"version": purchase.version, "by": "Gu", "words": "" if accepted is None else "frost"}
    return await answer_purchase(purchase.id, accepted=accepted, **said | facts)


async def drop_shipped(*, quantity: int = 3, cost: int = 2_000, due_days: int = 0) -> tuple[UUID, UUID, Purchase]:
    """Supplier, order and accepted purchase order of goods that the supplier ships."""
    peaches, orchard = await offer(stock=0), await supplier(due_days=due_days)
    await comes_from(orchard, peaches, cost=cost, drop_ship=True)
    order_id = await planned(peaches, quantity=quantity)
    await handed_over(order_id)
    [purchase] = await batch()
    await accept(purchase)
    return orchard, order_id, await reload(purchase)


async def handed_over(order_id: UUID) -> None:
    """Its work orders are where they have to be."""
    async with tenants.transaction():
        work = await fulfillment.work_orders_of(order_id)
    for each in work:
        await push_fulfillment(each.id)


async def shelves(supplier_id: UUID) -> list[Shelf]:
    async with tenants.transaction():
        return await supplier_shelf.to_ship(supplier_id)


async def shipped(supplier_id: UUID, number: str = "SF1234567890123") -> None:
    """Everything that waits leaves in a parcel each."""
    for place, shelf in enumerate(await shelves(supplier_id)):
        await ship_goods(supplier_id, shelf.id, carrier="SF", tracking_number=f"{number}{place}")


async def standing(supplier_id: UUID) -> Standing:
    await settle_supplier(supplier_id)
    async with tenants.transaction():
        return await purchasing.standing_of(supplier_id)


async def entries(supplier_id: UUID) -> list[Entry]:
    """The oldest first."""
    async with tenants.transaction():
        return (await purchasing.entries_of(supplier_id)).items[::-1]
