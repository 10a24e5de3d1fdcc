"""Where the goods of a demo store come from: an orchard that delivers, with what it charges."""

from __future__ import annotations

import tenants
from app import catalog, suppliers
from app.demo import people
from app.flows.source_goods import link_goods, save_supplier
from app.suppliers import LinkEdit, Terms

ORCHARDS = {
    "qinghe": Terms(name="阳山果业合作社", contact="顾长根", email="orchard@tuanzhou.example", due_days=14),
    "yizhan": Terms(name="三義窯業", contact="羅師傅", email="kiln@tuanzhou.example", due_days=30),
}
COST_BPS = 6_000


async def name_suppliers(slug: str, linked: tuple[str, ...]) -> None:
    """One supplier, and the first of the linked products from there."""
    async with tenants.transaction():
        if await suppliers.rows():
            return
        product = await catalog.find_published(linked[0])
    orchard = await save_supplier(ORCHARDS[slug])
    for variant in product.variants:
        await link_goods(
            orchard, LinkEdit(variant=variant.id, supplier_sku=variant.sku, lead_days=1, is_main=True),
            cost_amount=variant.price_amount * COST_BPS // 10_000, by=people.MERCHANT.name,
        )  # fmt: skip
