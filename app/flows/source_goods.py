"""The merchant says where goods come from: suppliers, and which goods each of them sends, for how much.

One transaction each. Goods that a supplier ships to shoppers itself can be promised from there: the supplier has a
warehouse of its own whose shelf nobody counts, so orders are routed, sent and followed as from any other. Stock levels
are touched last.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import inventory, store, suppliers
from app.inventory import Count
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.table_files import small_table
from app.suppliers import BadRow, GoodRow, LinkEdit, Terms
from infra import wiring
from tenants import states

ADAPTER = "supplier"
NOT_COUNTED, NOTHING_THERE = {"available": None, "tracked": False}, {"available": 0, "tracked": True}
_OPEN_WAREHOUSE = """
INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, credentials_sealed, created_at)
VALUES ($1, $2, $3, '', '', '', $4, $5)
"""
_VARIANT = "SELECT 1 FROM variant WHERE id = $1 AND active"


async def save_supplier(terms: Terms, supplier_id: UUID | None = None) -> UUID:
    """Raises InvalidInput, NotFound, StoreClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        known = await suppliers.save(terms, supplier_id)
        await tenants.connection().execute(
            "UPDATE warehouse SET name = $2 WHERE id = (SELECT warehouse FROM supplier WHERE id = $1)",
            known, terms.name,
        )  # fmt: skip
    return known


async def switch_supplier(supplier_id: UUID, status: str) -> None:
    """A paused supplier gets no new orders; what it has it still sends."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        await suppliers.switch(supplier_id, status)
        links = await suppliers.all_links_of(supplier_id)
        await _promise(supplier_id, [(link.variant, link.drop_ship) for link in links])
        await store.touch()


async def link_goods(
    supplier_id: UUID, edit: LinkEdit, *, cost_amount: int | None = None, by: str, known: bool = False
) -> None:
    """Raises InvalidInput, NotFound, StoreClosed."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        await suppliers.find(supplier_id, lock=True)
        if not known and not await tenants.connection().fetchval(_VARIANT, edit.variant):
            raise InvalidInput({"variant": N_("Choose goods of yours.")})
        await _link(supplier_id, [GoodRow(edit, cost_amount)], by)


async def unlink_goods(link_id: UUID) -> None:
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        link = await suppliers.find_link(link_id)
        await suppliers.remove_link(link)
        await _promise(link.supplier, [(link.variant, False)])
        await store.touch()


async def import_links(supplier_id: UUID, data: bytes, *, by: str) -> tuple[int, list[BadRow]]:
    """Take the good rows of a table and answer with the bad ones. Raises UnreadableFile, FileTooLong, InvalidInput."""
    states.require(tenants.current(), "edit")
    names, table = small_table(data, most=suppliers.MOST_ROWS)
    known = suppliers.known_names(names)
    if "sku" not in known.values():
        raise InvalidInput({"file": N_("The table needs a column sku.")})
    rows = suppliers.in_our_words(table, known)
    async with tenants.transaction():
        await suppliers.find(supplier_id, lock=True)
        variants = await suppliers.variants_by_sku(cells.get("sku", "") for _number, cells in rows)
        good, bad = suppliers.read_rows(rows, variants, tenants.current().currency)
        await _link(supplier_id, good, by)
    return len(good), bad


async def _link(supplier_id: UUID, rows: Sequence[GoodRow], by: str) -> None:
    for row in sorted(rows, key=lambda row: row.edit.variant):
        link = await suppliers.put_link(supplier_id, row.edit)
        if row.cost_amount is not None:
            await suppliers.set_cost(link, row.cost_amount, by=by)
    await _promise(supplier_id, [(row.edit.variant, row.edit.drop_ship) for row in rows])
    await store.touch()


async def _promise(supplier_id: UUID, goods: Sequence[tuple[UUID, bool]]) -> None:
    """What the supplier ships itself can be sold from there; of the rest nothing is there."""
    supplier = await suppliers.find(supplier_id)
    sent = {variant for variant, drop_ship in goods if drop_ship and supplier.is_active}
    warehouse = supplier.warehouse
    if warehouse is None:
        if not sent:
            return
        warehouse = await _open_warehouse(supplier)
    counts = [
        Count(variant, **(NOT_COUNTED if variant in sent else NOTHING_THERE))
        for variant, _drop_ship in goods
        if variant in sent or await _has_level(variant, warehouse)
    ]
    await inventory.take_counts(counts, warehouse)


async def _has_level(variant: UUID, warehouse: UUID) -> bool:
    found = await tenants.connection().fetchval(
        "SELECT 1 FROM stock_level WHERE variant = $1 AND warehouse = $2", variant, warehouse
    )
    return found is not None


async def _open_warehouse(supplier: suppliers.Supplier) -> UUID:
    warehouse = new_id()
    sealed = wiring.OF_WAREHOUSES.seal({}, tenant_id=tenants.current().id, row_id=warehouse)
    await tenants.connection().execute(_OPEN_WAREHOUSE, warehouse, supplier.name, ADAPTER, sealed, now())
    await suppliers.give_warehouse(supplier.id, warehouse)
    return warehouse
