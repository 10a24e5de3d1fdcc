"""The life of what suppliers earn: goods leave, are owed, go back, are disputed, stated and paid.

Nobody outside is called, so nothing can be half known there; what dies is done by the next look at the supplier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import tenants
from app import purchasing
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
from tests import builders_supply as build
from tests.faults.life import Life, flows


@dataclass(frozen=True, slots=True)
class Made:
    supplier: UUID
    purchase: UUID


async def prepare() -> Made:
    supplier, _order, purchase = await build.drop_shipped(quantity=3)
    return Made(supplier, purchase.id)


async def live(made: Made) -> None:
    [shelf] = await build.shelves(made.supplier)
    await ship_table(made.supplier, f"order,carrier,tracking_number\n{shelf.reference},SF,SF1234567890123\n".encode())
    await settle_supplier(made.supplier)
    async with tenants.transaction():
        [line] = await purchasing.lines_of(made.purchase)
    await claim_back(line.id, 1, words="broken", by="Su He")
    entry = (await build.entries(made.supplier))[0]
    await dispute_entry(entry.id, wanted_amount=50, reason="price", by="Gu", supplier=made.supplier)
    async with tenants.transaction():
        [dispute] = await purchasing.disputes_of(made.supplier)
    await answer_dispute(dispute.id, accept=True, words="", by="Su He")
    await pay_supplier(made.supplier, 1_000, reference="ICBC-1", paid_on=date(2026, 7, 1), by="Su He")
    statement = await state_supplier(made.supplier, by="Su He")
    await confirm_statement(statement, by="Gu", supplier=made.supplier)


async def mend() -> None:
    """The jobs that were asked for, and the look by the clock."""
    async with tenants.transaction():
        suppliers = await tenants.connection().fetch("SELECT id FROM supplier")
    for row in suppliers:
        await settle_supplier(row["id"])
        await settle_supplier(row["id"])


async def disagreements() -> list[str]:
    """What was shipped is owed; the other truths are asked of every store."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT unit.id FROM supply_unit AS unit JOIN reservation AS held ON held.order_line = unit.order_line"
            " WHERE (held.shipped_quantity >= unit.unit) <> (unit.entry IS NOT NULL)"
        )
    return [f"unit shipped and not owed, or owed and not shipped: {row['id']}" for row in rows]


LIFE = Life(
    files=flows("settle_suppliers", "supplier_ships"), prepare=prepare, live=live, mend=mend,
    disagreements=disagreements,
)  # fmt: skip
