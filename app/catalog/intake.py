"""Taking drafts of products in, a batch at a time: the same handle updates, a new one creates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.catalog.collections import shelve_by_type
from app.catalog.csv_drafts import ProductDraft
from app.catalog.derived import refresh_covers
from app.catalog.pictures import expect_pictures
from app.catalog.records import ProductRecord, VariantRecord, as_json, product_record, variant_record
from app.catalog.variants import match, write_variants
from app.kernel.clock import now

# Rows are locked in the order of their handles, so two imports at once wait for each other instead of deadlocking.
_UPSERT = """
INSERT INTO product (id, handle, title, description_html, vendor, product_type, category, tags, option_names, status,
    seo_title, seo_description, search_text, gift_card, price_from_amount, price_to_amount, compare_at_amount,
    created_at, updated_at, published_at)
SELECT x.id, x.handle, x.title, x.description_html, x.vendor, x.product_type, x.category, x.tags, x.option_names,
    x.status, x.seo_title, x.seo_description, x.search_text, x.gift_card, x.price_from_amount,
    x.price_to_amount, x.compare_at_amount, x.created_at, x.created_at, x.published_at
FROM jsonb_to_recordset($1::jsonb) AS x(
    id uuid, handle text, title text, description_html text, vendor text, product_type text, category text, tags text[],
    option_names text[], status text, seo_title text, seo_description text, search_text text, gift_card boolean,
    price_from_amount bigint, price_to_amount bigint, compare_at_amount bigint,
    created_at timestamptz, published_at timestamptz)
ORDER BY x.handle
ON CONFLICT (handle) DO UPDATE SET title = EXCLUDED.title, description_html = EXCLUDED.description_html,
    vendor = EXCLUDED.vendor, product_type = EXCLUDED.product_type, category = EXCLUDED.category, tags = EXCLUDED.tags,
    option_names = EXCLUDED.option_names, status = EXCLUDED.status, seo_title = EXCLUDED.seo_title,
    seo_description = EXCLUDED.seo_description, search_text = EXCLUDED.search_text, gift_card = EXCLUDED.gift_card,
    price_from_amount = EXCLUDED.price_from_amount, price_to_amount = EXCLUDED.price_to_amount,
    compare_at_amount = EXCLUDED.compare_at_amount,
    updated_at = EXCLUDED.updated_at, published_at = coalesce(product.published_at, EXCLUDED.published_at)
RETURNING id, handle
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """One batch as it was written; the variants carry what the file said about their stock."""

    products: tuple[UUID, ...]
    variants: tuple[VariantRecord, ...]
    images: int


async def take_in(drafts: Sequence[ProductDraft]) -> Taken:
    """Write a batch inside the open transaction. Variants missing in the file are deactivated, never deleted."""
    at = now()
    ids = await _write_products([product_record(draft, at) for draft in drafts])
    products = list(ids.values())
    pictures = await expect_pictures({ids[draft.handle]: _wanted(draft) for draft in drafts}, at)
    variants = [
        variant_record(variant, product, place, pictures.get((product, variant.image_url)))
        for draft in drafts
        for product in (ids[draft.handle],)
        for place, variant in enumerate(draft.variants, 1)
    ]
    await match(products, variants)
    await write_variants(products, variants)
    await refresh_covers(products)
    await shelve_by_type({ids[draft.handle]: draft.product_type for draft in drafts}, at)
    return Taken(tuple(products), tuple(variants), len(pictures))


async def _write_products(records: Sequence[ProductRecord]) -> dict[str, UUID]:
    rows = await tenants.connection().fetch(_UPSERT, as_json(records))
    return {row["handle"]: row["id"] for row in rows}


def _wanted(draft: ProductDraft) -> list[tuple[str, str]]:
    """Source and alternative text of every picture, once; a variant's own picture joins at the end."""
    wanted = {image.url: image.alt for image in draft.images}
    for variant in draft.variants:
        if variant.image_url:
            wanted.setdefault(variant.image_url, "")
    return list(wanted.items())
