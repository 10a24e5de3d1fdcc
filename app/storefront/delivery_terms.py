"""What a store says about delivery before anybody has typed an address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import catalog, freight, store


@dataclass(frozen=True, slots=True)
class DeliveryTerms:
    """What one piece usually costs to send; `may_differ` when the address, or more of it, changes that."""

    amount: int
    may_differ: bool
    free_from: int | None


async def terms_of(product: catalog.Product, variant: catalog.Variant | None) -> DeliveryTerms:
    """For the product's page, inside the open transaction. A variant that is not sent costs nothing to send."""
    tariff = await tariff_of([product.freight_template])
    template = tariff.template_of(freight.Goods(product.title, product.freight_template))
    region = template.usual_region(tariff.home)
    if region is None or (variant and not variant.requires_shipping):
        return DeliveryTerms(0, may_differ=False, free_from=None)
    load = freight.Load(1, variant.weight_grams if variant else 0, variant.price_amount if variant else 0)
    may_differ = len(template.regions) > 1 or (template.charged_by != "flat" and region.further_amount > 0)
    return DeliveryTerms(region.price(template.charged_by, load), may_differ, region.free_from_amount)


async def tariff_of(templates: list[UUID | None]) -> freight.Tariff:
    """The store's tariff as far as these templates need it, inside the open transaction."""
    profile = await store.profile()
    flat = freight.flat_template(profile.freight_amount, profile.free_freight_from_amount)
    return await freight.tariff_for(templates, flat=flat, home=freight.home_of(tenants.current().currency))
