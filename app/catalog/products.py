"""Reading products: cards for lists, and one product whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.catalog.pictures import Picture, pictures_of
from app.kernel.errors import NotFound
from app.kernel.paging import Page, cut, decode_cursor

STATUSES = ("draft", "published", "archived")


class Card(msgspec.Struct, frozen=True):
    """A product in a list."""

    id: UUID
    handle: str
    title: str
    status: str
    cover_key: str | None
    cover_thumb_key: str | None
    cover_alt: str
    price_from_amount: int
    price_to_amount: int
    compare_at_amount: int | None
    position: int
    updated_at: datetime


class Variant(msgspec.Struct, frozen=True):
    """One thing that can be bought."""

    id: UUID
    position: int
    title: str
    option_values: tuple[str, ...]
    sku: str
    barcode: str
    price_amount: int
    compare_at_amount: int | None
    cost_amount: int | None
    weight_grams: int
    requires_shipping: bool
    taxable: bool
    image: UUID | None
    active: bool


class Product(msgspec.Struct, frozen=True):
    """A product with its active variants and all its pictures."""

    id: UUID
    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    category: str
    tags: tuple[str, ...]
    option_names: tuple[str, ...]
    status: str
    seo_title: str
    seo_description: str
    gift_card: bool
    cover_key: str | None
    cover_alt: str
    price_from_amount: int
    price_to_amount: int
    compare_at_amount: int | None
    updated_at: datetime
    published_at: datetime | None
    freight_template: UUID | None = None
    variants: tuple[Variant, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def stored_pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for picture in self.pictures if picture.status == "stored")

    def option_choices(self) -> list[tuple[str, list[str]]]:
        """Every option with its values, in the order of the variants."""
        return [
            (name, list(dict.fromkeys(variant.option_values[place] for variant in self.variants)))
            for place, name in enumerate(self.option_names)
        ]


_CARD = (
    "p.id, p.handle, p.title, p.status, p.cover_key, p.cover_thumb_key, p.cover_alt, p.price_from_amount,"
    " p.price_to_amount, p.compare_at_amount, p.position, p.updated_at"
)
_PRODUCT = (
    "id, handle, title, description_html, vendor, product_type, category, tags, option_names, status, seo_title,"
    " seo_description, gift_card, cover_key, cover_alt, price_from_amount, price_to_amount, compare_at_amount,"
    " updated_at, published_at, freight_template"
)
_VARIANT = (
    "id, position, title, option_values, sku, barcode, price_amount, compare_at_amount, cost_amount, weight_grams,"
    " requires_shipping, taxable, image, active"
)
_PUBLISHED = f"""
SELECT {_CARD} FROM product p
WHERE p.status = 'published'
  AND ($1::uuid IS NULL OR EXISTS (SELECT 1 FROM collection_product cp WHERE cp.product = p.id AND cp.collection = $1))
  AND p.search_text LIKE ALL ($2::text[])
  AND ($3::integer IS NULL OR (p.position, p.id) > ($3, $4::uuid))
ORDER BY p.position, p.id LIMIT $5
"""  # noqa: S608 - constant names
_RECENT = f"""
SELECT {_CARD} FROM product p
WHERE ($1::text = '' OR p.status = $1) AND p.search_text LIKE ALL ($2::text[])
  AND ($3::timestamptz IS NULL OR (p.updated_at, p.id) < ($3, $4::uuid))
ORDER BY p.updated_at DESC, p.id DESC LIMIT $5
"""  # noqa: S608 - constant names
_RECENT_BACKWARDS = f"""
SELECT {_CARD} FROM product p
WHERE ($1::text = '' OR p.status = $1) AND p.search_text LIKE ALL ($2::text[])
  AND (p.updated_at, p.id) > ($3::timestamptz, $4::uuid)
ORDER BY p.updated_at, p.id LIMIT $5
"""  # noqa: S608 - constant names


def search_patterns(query: str) -> list[str]:
    """Every word must occur somewhere; Chinese words need no spaces to be found inside longer ones."""
    words = query.lower().split()[:8]
    escaped = (word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in words)
    return [f"%{word}%" for word in escaped]


async def list_published(*, shelf: UUID | None = None, query: str = "", after: str = "", limit: int = 24) -> Page[Card]:
    """What shoppers see, in the merchant's order; `shelf` and `query` narrow it."""
    place = decode_cursor(after, int, UUID)
    position, last = place or (None, None)
    rows = await tenants.connection().fetch(_PUBLISHED, shelf, search_patterns(query), position, last, limit + 1)
    return cut([_card(row) for row in rows], limit, lambda card: (card.position, card.id), started=place is not None)


async def list_recent(
    *, status: str = "", query: str = "", after: str = "", before: str = "", limit: int = 50
) -> Page[Card]:
    """What the merchant sees, last changed first."""
    backwards = decode_cursor(before, datetime, UUID)
    place = backwards or decode_cursor(after, datetime, UUID)
    at, last = place or (None, None)
    sql = _RECENT_BACKWARDS if backwards else _RECENT
    rows = await tenants.connection().fetch(sql, status, search_patterns(query), at, last, limit + 1)
    return cut(
        [_card(row) for row in rows], limit, lambda card: (card.updated_at, card.id),
        backwards=backwards is not None, started=place is not None,
    )  # fmt: skip


async def count_by_status() -> dict[str, int]:
    rows = await tenants.connection().fetch("SELECT status, count(*) AS products FROM product GROUP BY status")
    return {row["status"]: row["products"] for row in rows}


async def find_published(handle: str) -> Product:
    """Raises NotFound for drafts, archived products and unknown handles alike."""
    return await _whole("handle = $1 AND status = 'published'", handle)


async def find_product(product_id: UUID) -> Product:
    """Raises NotFound."""
    return await _whole("id = $1", product_id)


async def _whole(condition: str, value: Any) -> Product:
    database = tenants.connection()
    row = await database.fetchrow(f"SELECT {_PRODUCT} FROM product WHERE {condition}", value)  # noqa: S608 - constants
    if row is None:
        raise NotFound
    variants = await database.fetch(
        f"SELECT {_VARIANT} FROM variant WHERE product = $1 AND active ORDER BY position, id",  # noqa: S608 - constants
        row["id"],
    )
    facts = dict(row) | {"tags": tuple(row["tags"]), "option_names": tuple(row["option_names"])}
    return Product(
        **facts,
        variants=tuple(Variant(**dict(each) | {"option_values": tuple(each["option_values"])}) for each in variants),
        pictures=tuple(await pictures_of(row["id"])),
    )


def _card(row: Any) -> Card:
    return Card(**dict(row))
