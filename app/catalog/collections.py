"""Collections: the shelves of the store. Every product type is a shelf; a product stands on the shelf of its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.catalog.csv_rows import normalize_handle
from app.kernel.ids import new_id


class Shelf(msgspec.Struct, frozen=True):
    """A collection and how many published products stand on it."""

    id: UUID
    handle: str
    title: str
    products: int


async def shelve_by_type(types: Mapping[UUID, str], at: datetime) -> None:
    """Put each product on the shelf of its type and off any other; shelves are made when first needed."""
    database = tenants.connection()
    shelves = {normalize_handle(name): name.strip() for name in types.values() if normalize_handle(name)}
    handles = sorted(shelves)
    await database.execute(
        "INSERT INTO collection (id, handle, title, position, created_at)"
        " SELECT x.id, x.handle, x.title, 0, $4 FROM unnest($1::uuid[], $2::text[], $3::text[]) AS x(id, handle, title)"
        " ON CONFLICT (handle) DO NOTHING",
        [new_id() for _ in handles], handles, [shelves[handle] for handle in handles], at,
    )  # fmt: skip
    rows = await database.fetch("SELECT id, handle FROM collection WHERE handle = ANY($1::text[])", handles)
    ids = {row["handle"]: row["id"] for row in rows}
    placed = {product: ids.get(normalize_handle(name)) for product, name in types.items()}
    products = list(placed)
    await database.execute(
        "DELETE FROM collection_product USING unnest($1::uuid[], $2::uuid[]) AS x(product, collection)"
        " WHERE collection_product.product = x.product AND collection_product.collection IS DISTINCT FROM x.collection",
        products, [placed[product] for product in products],
    )  # fmt: skip
    standing = [(product, shelf) for product, shelf in placed.items() if shelf]
    await database.execute(
        "INSERT INTO collection_product (id, collection, product)"
        " SELECT x.id, x.collection, x.product"
        " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS x(id, collection, product)"
        " ON CONFLICT (collection, product) DO NOTHING",
        [new_id() for _ in standing], [shelf for _, shelf in standing], [product for product, _ in standing],
    )  # fmt: skip


async def list_shelves() -> list[Shelf]:
    """Shelves with something published on them."""
    rows = await tenants.connection().fetch(
        "SELECT c.id, c.handle, c.title, count(*) AS products FROM collection c"
        " JOIN collection_product cp ON cp.collection = c.id"
        " JOIN product p ON p.id = cp.product AND p.status = 'published'"
        " GROUP BY c.id, c.handle, c.title, c.position ORDER BY c.position, c.title, c.id"
    )
    return [Shelf(**dict(row)) for row in rows]


async def find_shelf(handle: str) -> Shelf | None:
    row = await tenants.connection().fetchrow(
        "SELECT c.id, c.handle, c.title, count(p.id) AS products FROM collection c"
        " LEFT JOIN collection_product cp ON cp.collection = c.id"
        " LEFT JOIN product p ON p.id = cp.product AND p.status = 'published'"
        " WHERE c.handle = $1 GROUP BY c.id, c.handle, c.title",
        handle,
    )
    return Shelf(**dict(row)) if row else None
