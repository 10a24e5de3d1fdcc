"""Suppliers and what comes from them, with good defaults."""

from __future__ import annotations

import secrets
from uuid import UUID

import tenants
from app import suppliers
from app.flows.source_goods import link_goods, save_supplier
from app.suppliers import LinkEdit, Terms
from tests.builders_selling import Offer

SU_HE = "Su He"


async def supplier(**terms: object) -> UUID:
    said = {"name": f"Orchard {secrets.token_hex(4)}", "email": "orchard@example.test"} | terms
    return await save_supplier(Terms(**said))  # type: ignore[arg-type] # the test's own words


async def comes_from(
    supplier_id: UUID, *offers: Offer, cost: int | None = 2_000, drop_ship: bool = False, main: bool = True
) -> None:
    for offer in offers:
        edit = LinkEdit(variant=offer.variant, supplier_sku="O-1", drop_ship=drop_ship, is_main=main)
        await link_goods(supplier_id, edit, cost_amount=cost, by=SU_HE)


async def sources_of(offer: Offer) -> list[suppliers.Link]:
    async with tenants.transaction():
        return (await suppliers.suppliers_of([offer.variant])).get(offer.variant, [])
