"""Saving one product from a form: its facts, its variants, its place among the others."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from asyncpg import ForeignKeyViolationError, UniqueViolationError

import tenants
from app.catalog.collections import shelve_by_type
from app.catalog.csv_rows import normalize_handle
from app.catalog.derived import refresh_covers, refresh_prices
from app.catalog.descriptions import plain_text, sanitize
from app.catalog.records import VariantRecord, search_text, variant_title
from app.catalog.variants import write_variants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id


class VariantEdit(msgspec.Struct, kw_only=True, frozen=True):
    """A variant as the merchant wants it; without an id it is new. `on_hand` None leaves the stock alone."""

    id: UUID | None = None
    option_values: tuple[str, ...] = ()
    sku: str = ""
    barcode: str = ""
    price_amount: int = 0
    compare_at_amount: int | None = None
    cost_amount: int | None = None
    weight_grams: int = 0
    requires_shipping: bool = True
    taxable: bool = True
    image: UUID | None = None
    tracked: bool = True
    oversell: bool = False
    on_hand: int | None = None


class ProductEdit(msgspec.Struct, kw_only=True, frozen=True):
    """A product as the merchant wants it."""

    title: str
    handle: str = ""
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    status: str = "draft"
    seo_title: str = ""
    seo_description: str = ""
    freight_template: UUID | None = None
    variants: tuple[VariantEdit, ...] = ()


_INSERT = """
INSERT INTO product (id, handle, title, description_html, vendor, product_type, tags, option_names, status, seo_title,
    seo_description, search_text, created_at, updated_at, published_at, freight_template)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15)
"""
_UPDATE = """
UPDATE product SET handle = $2, title = $3, description_html = $4, vendor = $5, product_type = $6, tags = $7,
    option_names = $8, status = $9, seo_title = $10, seo_description = $11, search_text = $12, updated_at = $13,
    published_at = coalesce(published_at, $14), freight_template = $15
WHERE id = $1
"""


async def save_product(edit: ProductEdit, product_id: UUID | None = None) -> tuple[UUID, tuple[VariantRecord, ...]]:
    """Create or change a product; returns its id and its variants as written. Raises InvalidInput, NotFound."""
    check(edit)
    known = product_id or new_id()
    description = sanitize(edit.description_html)
    words = (edit.vendor, edit.product_type, *edit.tags, *(variant.sku for variant in edit.variants))
    try:
        async with tenants.savepoint():
            done = await tenants.connection().execute(
                _UPDATE if product_id else _INSERT,
                known, normalize_handle(edit.handle or edit.title), edit.title, description, edit.vendor,
                edit.product_type, list(edit.tags), list(edit.option_names), edit.status,
                edit.seo_title, edit.seo_description,
                search_text(edit.title, words, plain_text(description)), now(),
                now() if edit.status == "published" else None, edit.freight_template,
            )  # fmt: skip
    except UniqueViolationError:
        raise InvalidInput({"handle": "Another product has this address."}) from None
    except ForeignKeyViolationError:
        raise InvalidInput({"freight_template": "This template is gone. Choose another one."}) from None
    if done.endswith(" 0"):
        raise NotFound
    variants = await _save_variants(known, edit.variants)
    await refresh_prices([known])
    await refresh_covers([known])
    await shelve_by_type({known: edit.product_type}, now())
    return known, variants


def check(edit: ProductEdit) -> None:
    """Raises InvalidInput naming the fields that need another look."""
    wrong: dict[str, str] = {}
    if not edit.title:
        wrong["title"] = "Give the product a name."
    elif not normalize_handle(edit.handle or edit.title):
        wrong["handle"] = "The address needs a letter or a digit."
    if not edit.variants:
        wrong["price_1"] = "A product needs a price."
    seen: set[tuple[str, ...]] = set()
    for place, variant in enumerate(edit.variants, 1):
        if len(variant.option_values) != len(edit.option_names) or not all(variant.option_values):
            wrong[f"option1_{place}"] = "Every option needs a value."
        elif variant.option_values in seen:
            wrong[f"option1_{place}"] = "These options are already used by another variant."
        seen.add(variant.option_values)
    if wrong:
        raise InvalidInput(wrong)


async def _save_variants(product_id: UUID, edits: Sequence[VariantEdit]) -> tuple[VariantRecord, ...]:
    known = {
        row["id"] for row in await tenants.connection().fetch("SELECT id FROM variant WHERE product = $1", product_id)
    }
    records = tuple(
        VariantRecord(
            **msgspec.structs.asdict(edit) | {
                "id": edit.id if edit.id in known else new_id(),
                "product": product_id,
                "position": place,
                "title": variant_title(edit.option_values),
                "is_new": edit.id not in known,
            }
        )
        for place, edit in enumerate(edits, 1)
    )  # fmt: skip
    await write_variants([product_id], records)
    return records


async def set_status(products: Sequence[UUID], status: str) -> int:
    """Publish, take down or archive several at once; returns how many changed."""
    done = await tenants.connection().execute(
        "UPDATE product SET status = $2, updated_at = $3,"
        " published_at = CASE WHEN $2 = 'published' THEN coalesce(published_at, $3) ELSE published_at END"
        " WHERE id = ANY($1::uuid[]) AND status <> $2",
        list(products), status, now(),
    )  # fmt: skip
    return int(done.rpartition(" ")[2])
