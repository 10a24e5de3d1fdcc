"""What is written of a product, ready for set-based SQL: plain records, from a file's drafts or from a form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.catalog.csv_drafts import ProductDraft, VariantDraft
from app.kernel.ids import new_id

SEARCH_LENGTH = 4_000


class ProductRecord(msgspec.Struct, kw_only=True):
    """The facts of a product itself; prices and the cover are derived from what hangs below it."""

    id: UUID
    handle: str
    title: str
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    category: str = ""
    tags: Sequence[str] = ()
    option_names: Sequence[str] = ()
    status: str = "draft"
    seo_title: str = ""
    seo_description: str = ""
    search_text: str = ""
    gift_card: bool = False
    price_from_amount: int = 0
    price_to_amount: int = 0
    compare_at_amount: int | None = None
    created_at: datetime
    published_at: datetime | None = None


class VariantRecord(msgspec.Struct, kw_only=True):
    """One variant; `on_hand` is None when nothing was said about stock."""

    id: UUID
    product: UUID
    position: int
    title: str
    option_values: Sequence[str] = ()
    sku: str = ""
    barcode: str = ""
    price_amount: int
    compare_at_amount: int | None = None
    cost_amount: int | None = None
    weight_grams: int = 0
    requires_shipping: bool = True
    taxable: bool = True
    image: UUID | None = None
    tracked: bool = True
    oversell: bool = False
    on_hand: int | None = None
    is_new: bool = True


class ImageRecord(msgspec.Struct, kw_only=True):
    """A picture still to be fetched, by its source."""

    id: UUID
    product: UUID
    position: int
    alt: str = ""
    source: str = ""
    created_at: datetime


def variant_title(values: Iterable[str]) -> str:
    return " / ".join(values)


def search_text(title: str, words: Iterable[str], description: str) -> str:
    """Everything a shopper may type, in lower case; the description last, because it is cut."""
    parts = [title, *words, description]
    return " ".join(part for part in parts if part).lower()[:SEARCH_LENGTH]


def regular_price(variants: Sequence[VariantDraft]) -> int | None:
    """The price to strike through beside the lowest one: that of the cheapest variant that is reduced."""
    reduced = [each for each in variants if each.compare_at_amount and each.compare_at_amount > each.price_amount]
    return min(reduced, key=lambda each: each.price_amount).compare_at_amount if reduced else None


def product_record(draft: ProductDraft, at: datetime) -> ProductRecord:
    shown = draft.status == "active" and draft.published
    prices = [variant.price_amount for variant in draft.variants]
    words = (draft.vendor, draft.product_type, *draft.tags, *(variant.sku for variant in draft.variants))
    return ProductRecord(
        id=new_id(),
        handle=draft.handle,
        title=draft.title,
        description_html=draft.description_html,
        vendor=draft.vendor,
        product_type=draft.product_type,
        category=draft.category,
        tags=draft.tags,
        option_names=draft.option_names,
        status="archived" if draft.status == "archived" else "published" if shown else "draft",
        seo_title=draft.seo_title,
        seo_description=draft.seo_description,
        search_text=search_text(draft.title, words, draft.description_text),
        gift_card=draft.gift_card,
        price_from_amount=min(prices),
        price_to_amount=max(prices),
        compare_at_amount=regular_price(draft.variants),
        created_at=at,
        published_at=at if shown else None,
    )


def variant_record(draft: VariantDraft, product: UUID, position: int, image: UUID | None) -> VariantRecord:
    return VariantRecord(
        id=new_id(),
        product=product,
        position=position,
        title=variant_title(draft.option_values),
        option_values=draft.option_values,
        sku=draft.sku,
        barcode=draft.barcode,
        price_amount=draft.price_amount,
        compare_at_amount=draft.compare_at_amount,
        cost_amount=draft.cost_amount,
        weight_grams=draft.weight_grams,
        requires_shipping=draft.requires_shipping,
        taxable=draft.taxable,
        image=image,
        tracked=draft.tracked,
        oversell=draft.oversell,
        on_hand=draft.quantity,
    )


def as_json(records: Sequence[msgspec.Struct]) -> str:
    """For `jsonb_to_recordset`: one parameter, any number of rows, arrays and nulls included."""
    return msgspec.json.encode(records).decode()
