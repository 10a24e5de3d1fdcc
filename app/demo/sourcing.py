"""Where the goods of a demo store come from: an orchard that delivers, with what it charges."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import catalog, suppliers
from app.demo import people
from app.flows.source_goods import link_goods, save_supplier
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.suppliers import LinkEdit, Terms
from tenants import platform

ORCHARDS = {
    "qinghe": Terms(name="阳山果业合作社", contact="顾长根", email="orchard@tuanzhou.example", due_days=14),
    "yizhan": Terms(name="三義窯業", contact="羅師傅", email="kiln@tuanzhou.example", due_days=30),
}
COST_BPS = 6_000


async def name_suppliers(slug: str, linked: tuple[str, ...], person: UUID) -> None:
    """One supplier with somebody who signs in for it, and the first of the linked products from there."""
    async with tenants.transaction():
        known = await suppliers.rows()
        product = await catalog.find_published(linked[0])
    if known:
        return
    orchard = await save_supplier(ORCHARDS[slug])
    await _let_in(person, orchard)
    for variant in product.variants:
        await link_goods(
            orchard, LinkEdit(variant=variant.id, supplier_sku=variant.sku, lead_days=1, is_main=True),
            cost_amount=variant.price_amount * COST_BPS // 10_000, by=people.MERCHANT.name,
        )  # fmt: skip


async def _let_in(person: UUID, supplier: UUID) -> None:
    """As if an invitation had been taken."""
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO supplier_seat (id, login, tenant, supplier, status, created_at)"
            " VALUES ($1, $2, $3, $4, 'active', $5) ON CONFLICT DO NOTHING",
            new_id(), person, tenants.current().id, supplier, now(),
        )  # fmt: skip
