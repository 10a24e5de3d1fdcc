"""The life of what suppliers send and earn: goods are ordered, taken back, received and counted; others leave from
there, are owed, go back, are disputed, stated and paid.

Nobody outside is called, so nothing can be half known there; what dies is done by the next look at the supplier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import tenants
from app import purchasing
from app.flows import count_stock
from app.flows.answer_purchase import answer_change
from app.flows.cancel_order import cancel_order
from app.flows.order_from_suppliers import reopen
from app.flows.receive_goods import receive_goods
from app.flows.settle_suppliers import (
    answer_dispute,
    claim_back,
    confirm_statement,
    dispute_entry,
    pay_supplier,
    settle_supplier,
    state_supplier,
)
from app.flows.supplier_ships import ship_table
from app.kernel.clock import now
from tests import builders_selling
from tests import builders_supply as build
from tests.builders_selling import Offer
from tests.builders_supply import SU_HE
from tests.faults.life import Life, flows


@dataclass(frozen=True, slots=True)
class Made:
    """`goods` come from the supplier and lie in a warehouse of ours; the order `gone` is called off."""

    supplier: UUID
    purchase: UUID
    goods: Offer
    gone: UUID


async def prepare() -> Made:
    supplier, _order, purchase = await build.drop_shipped(quantity=3)
    goods = await builders_selling.offer(stock=10)
    await build.comes_from(supplier, goods)
    gone = await build.planned(goods, quantity=2)
    await build.planned(goods)
    return Made(supplier, purchase.id, goods, gone)


async def live(made: Made) -> None:
    await _ordered_and_received(made)
    await _counted(made)
    await _settled(made)


async def _ordered_and_received(made: Made) -> None:
    """One of the two orders is called off after the supplier said yes."""
    [ordered] = await build.batch()
    await build.accept(ordered)
    await cancel_order(made.gone, actor="shopper")
    await reopen(ordered.batch, by=SU_HE)
    async with tenants.transaction():
        [change] = await purchasing.changes_of(ordered.id)
        [line] = await purchasing.lines_of(ordered.id)
    await answer_change(change.id, agreed=True, by="Gu")
    await receive_goods(ordered.id, {line.id: 1}, by=SU_HE)


async def _counted(made: Made) -> None:
    """Twice: one count is taken over, one is given up."""
    async with tenants.transaction():
        warehouse = await tenants.connection().fetchval("SELECT id FROM warehouse WHERE is_default")
        sku = await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", made.goods.variant)
    for keep in (True, False):
        take = await count_stock.open_take(warehouse, [sku], title="", blind=False, by=SU_HE)
        await count_stock.set_counts(take, {made.goods.variant: 9}, at=now(), by=SU_HE)
        await count_stock.read_counts(take, f"sku,counted\n{sku},8\n".encode(), at=now(), by=SU_HE)
        await (count_stock.apply_take if keep else count_stock.abandon_take)(take, by=SU_HE)


async def _settled(made: Made) -> None:
    [shelf] = await build.shelves(made.supplier)
    await ship_table(made.supplier, f"order,carrier,tracking_number\n{shelf.reference},SF,SF1234567890123\n".encode())
    await settle_supplier(made.supplier)
    async with tenants.transaction():
        [line] = await purchasing.lines_of(made.purchase)
    await claim_back(line.id, 1, words="broken", by=SU_HE)
    entry = (await build.entries(made.supplier))[0]
    await dispute_entry(entry.id, wanted_amount=50, reason="price", by="Gu", supplier=made.supplier)
    async with tenants.transaction():
        [dispute] = await purchasing.disputes_of(made.supplier)
    await answer_dispute(dispute.id, accept=True, words="", by=SU_HE)
    await pay_supplier(made.supplier, 1_000, reference="ICBC-1", paid_on=date(2026, 7, 1), by=SU_HE)
    statement = await state_supplier(made.supplier, by=SU_HE)
    await confirm_statement(statement, by="Gu", supplier=made.supplier)


async def mend() -> None:
    """The jobs that were asked for, and the look by the clock."""
    async with tenants.transaction():
        suppliers = await tenants.connection().fetch("SELECT id FROM supplier")
    for row in suppliers:
        await settle_supplier(row["id"])
        await settle_supplier(row["id"])


async def disagreements() -> list[str]:
    """What a supplier shipped is owed; the other truths are asked of every store."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT unit.id FROM supply_unit AS unit JOIN reservation AS held ON held.order_line = unit.order_line"
            " JOIN purchase_line AS line ON line.id = unit.purchase_line AND line.drop_ship"
            " WHERE (held.shipped_quantity >= unit.unit) <> (unit.entry IS NOT NULL)"
        )
    return [f"unit shipped and not owed, or owed and not shipped: {row['id']}" for row in rows]


SPARED = {
    "add_to_cart": "only looks whether it is there",
    "read_stock_file": "one commit, that of change_stock, and a look before it",
    "save_product": "one commit of a product with its stock; what comes before it only reads",
    "source_goods": "one commit for each answer of the merchant, and nothing is moved between shelves",
}

LIFE = Life(
    files=flows(
        "order_from_suppliers", "answer_purchase", "receive_goods", "change_stock", "count_stock", "settle_suppliers",
        "supplier_ships",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, spared=SPARED,
)  # fmt: skip
