"""Which goods come from which supplier: one main supplier for each variant, and others to turn to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor

PER_PAGE = 100
Sku = Annotated[str, msgspec.Meta(max_length=80)]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]


class LinkEdit(msgspec.Struct, frozen=True, kw_only=True):
    """How a variant comes from a supplier."""

    variant: UUID
    supplier_sku: Sku = ""
    lead_days: Days = 0
    drop_ship: bool = False
    is_main: bool = False


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The same with what the pages say of both; `cost_amount` is what a unit costs now, None while nobody said."""

    id: UUID
    variant: UUID
    supplier: UUID
    supplier_name: str
    product: UUID
    product_title: str
    variant_title: str
    sku: str
    price_amount: int
    supplier_sku: str
    lead_days: int
    drop_ship: bool
    is_main: bool
    active: bool
    cost_amount: int | None

    @property
    def margin_amount(self) -> int | None:
        return None if self.cost_amount is None else self.price_amount - self.cost_amount

    @property
    def title(self) -> str:
        variant = "" if self.variant_title == "Default Title" else self.variant_title
        return " ".join(filter(None, (self.product_title, variant)))


# The newest version that is valid at $1.
COST = """(SELECT cost.amount FROM supplier_cost AS cost WHERE cost.supplier_link = link.id AND cost.valid_from <= $1
    ORDER BY cost.valid_from DESC, cost.set_at DESC, cost.id DESC LIMIT 1)"""
_LINKS = f"""
SELECT link.id, link.variant, link.supplier, supplier.name AS supplier_name, variant.product,
    product.title AS product_title, variant.title AS variant_title, variant.sku, variant.price_amount,
    link.supplier_sku, link.lead_days, link.drop_ship, link.is_main, link.active, {COST} AS cost_amount
FROM supplier_link AS link JOIN supplier ON supplier.id = link.supplier
JOIN variant ON variant.id = link.variant JOIN product ON product.id = variant.product
"""  # noqa: S608 - constants only
_OF_SUPPLIER = f"""{_LINKS} WHERE link.supplier = $2 AND link.active
    AND ($3::text IS NULL OR (product.title, variant.id) > ($3, $4::uuid))
    ORDER BY product.title, variant.id LIMIT $5"""
_PUT = """
INSERT INTO supplier_link (id, variant, supplier, supplier_sku, lead_days, drop_ship, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (variant, supplier) DO UPDATE SET supplier_sku = $4, lead_days = $5, drop_ship = $6, active = true,
    updated_at = $7
RETURNING id
"""
_LACKS_MAIN = """
UPDATE supplier_link SET is_main = true WHERE id = $1 AND active AND NOT EXISTS (
    SELECT 1 FROM supplier_link AS other WHERE other.variant = supplier_link.variant AND other.is_main)
"""


async def links_of(supplier: UUID, after: str = "") -> Page[Link]:
    """By title."""
    place = decode_cursor(after, str, UUID)
    rows = await tenants.connection().fetch(_OF_SUPPLIER, now(), supplier, *(place or (None, None)), PER_PAGE + 1)
    return cut(_links(rows), PER_PAGE, lambda link: (link.product_title, link.variant), started=bool(place))


async def all_links_of(supplier: UUID) -> list[Link]:
    rows = await tenants.connection().fetch(
        f"{_LINKS} WHERE link.supplier = $2 AND link.active ORDER BY product.title, variant.position", now(), supplier
    )
    return _links(rows)


async def suppliers_of(variants: Iterable[UUID]) -> dict[UUID, list[Link]]:
    """From whom each variant can come, the main supplier first."""
    rows = await tenants.connection().fetch(
        f"{_LINKS} WHERE link.variant = ANY($2::uuid[]) AND link.active ORDER BY link.is_main DESC, supplier.name",
        now(), list(variants),
    )  # fmt: skip
    found: dict[UUID, list[Link]] = {}
    for link in _links(rows):
        found.setdefault(link.variant, []).append(link)
    return found


async def find_link(link_id: UUID) -> Link:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"{_LINKS} WHERE link.id = $2", now(), link_id)
    if row is None:
        raise NotFound
    return _links([row])[0]


async def put_link(supplier: UUID, edit: LinkEdit) -> UUID:
    """Link, or change the link there is. The first supplier of a variant is its main one."""
    link: UUID = await tenants.connection().fetchval(
        _PUT, new_id(), edit.variant, supplier, edit.supplier_sku, edit.lead_days, edit.drop_ship, now()
    )
    if edit.is_main:
        await make_main(link)
    await tenants.connection().execute(_LACKS_MAIN, link)
    return link


async def make_main(link: UUID) -> None:
    """Whoever was it before becomes one to turn to."""
    database = tenants.connection()
    await database.execute(
        "UPDATE supplier_link SET is_main = false WHERE is_main AND id <> $1"
        " AND variant = (SELECT variant FROM supplier_link WHERE id = $1)",
        link,
    )
    await database.execute("UPDATE supplier_link SET is_main = true WHERE id = $1 AND active", link)


async def remove_link(link: Link) -> None:
    """The variant does not come from there any more; whoever is there the longest is asked first from now on."""
    database = tenants.connection()
    await database.execute(
        "UPDATE supplier_link SET active = false, is_main = false, updated_at = $2 WHERE id = $1", link.id, now()
    )
    heir = await database.fetchval(
        "SELECT id FROM supplier_link WHERE variant = $1 AND active ORDER BY created_at, id LIMIT 1", link.variant
    )
    if heir:
        await database.execute(_LACKS_MAIN, heir)


async def variants_by_sku(skus: Iterable[str]) -> dict[str, list[UUID]]:
    """Which variants are sold under a number; more than one is ambiguous."""
    rows = await tenants.connection().fetch(
        "SELECT sku, array_agg(id) AS ids FROM variant WHERE sku = ANY($1::text[]) AND active AND sku <> ''"
        " GROUP BY sku", list(set(skus)),
    )  # fmt: skip
    return {row["sku"]: row["ids"] for row in rows}


def _links(rows: Iterable[Any]) -> list[Link]:
    return [Link(**row) for row in rows]
