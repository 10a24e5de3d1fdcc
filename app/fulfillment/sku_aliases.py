"""By which numbers a warehouse knows our goods, where those are not our SKUs.

Within a warehouse a number names one kind of goods. Where goods have a number of theirs, our SKU means nothing there
any more, because the warehouse may use the same letters for something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.alias_files import AliasRow
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.kernel.paging import Page, cut, decode_cursor

PAGE = 100
OURS = "coalesce(nullif(variant.sku, ''), variant.id::text)"
NUMBERS = f"""
SELECT alias.their_sku, {OURS} AS our_sku FROM sku_alias AS alias JOIN variant ON variant.id = alias.variant
WHERE alias.warehouse = $1 AND (alias.their_sku = ANY($2::text[]) OR {OURS} = ANY($2::text[]))
"""  # noqa: S608 - a constant
ALIASES = f"""
SELECT alias.id, alias.variant, {OURS} AS our_sku, alias.their_sku, product.title, variant.title AS variant_title,
    product.id AS product, product.cover_thumb_key AS image
FROM sku_alias AS alias JOIN variant ON variant.id = alias.variant JOIN product ON product.id = variant.product
WHERE alias.warehouse = $1 AND ($2 = '' OR strpos(lower(alias.their_sku), lower($2)) > 0
        OR strpos(lower({OURS}), lower($2)) > 0 OR strpos(lower(product.title), lower($2)) > 0)
    AND ($3::text IS NULL OR (alias.their_sku, alias.id) > ($3, $4::uuid))
ORDER BY alias.their_sku, alias.id LIMIT $5
"""  # noqa: S608 - a constant


class SkuTaken(Refusal):
    """One number cannot mean two kinds of goods."""

    code = "fulfillment.sku_taken"
    status = 409
    message = "This warehouse uses that number for other goods of yours already."


class SkuAlias(msgspec.Struct, frozen=True):
    """One mapping as a list shows it."""

    id: UUID
    variant: UUID
    our_sku: str
    their_sku: str
    title: str
    variant_title: str
    product: UUID
    image: str | None


async def their_skus(warehouse: UUID, variants: Iterable[UUID]) -> dict[UUID, str]:
    """The warehouse's own numbers of those goods that have one there."""
    rows = await tenants.connection().fetch(
        "SELECT variant, their_sku FROM sku_alias WHERE warehouse = $1 AND variant = ANY($2::uuid[])",
        warehouse, list(variants),
    )  # fmt: skip
    return {row["variant"]: row["their_sku"] for row in rows}


async def our_skus(warehouse: UUID, said: Iterable[str]) -> dict[str, str]:
    """Numbers the warehouse says -> ours. A number of ours that it replaced by another is left out: it means others."""
    numbers = list(said)
    rows = await tenants.connection().fetch(NUMBERS, warehouse, numbers)
    ours = {row["their_sku"]: row["our_sku"] for row in rows}
    replaced = {row["our_sku"] for row in rows}
    return {number: ours.get(number, number) for number in numbers if number in ours or number not in replaced}


async def sku_aliases(warehouse: UUID, query: str = "", after: str = "", limit: int = PAGE) -> Page[SkuAlias]:
    """By their number; a search finds parts of both numbers and of the title."""
    cursor = decode_cursor(after, str, UUID)
    rows = await tenants.connection().fetch(ALIASES, warehouse, query, *(cursor or (None, None)), limit + 1)
    return cut([SkuAlias(**row) for row in rows], limit, lambda one: (one.their_sku, one.id), started=bool(cursor))


async def owners_of(warehouse: UUID, numbers: Iterable[str]) -> dict[str, UUID]:
    """Which goods have these numbers there now."""
    rows = await tenants.connection().fetch(
        "SELECT their_sku, variant FROM sku_alias WHERE warehouse = $1 AND their_sku = ANY($2::text[])",
        warehouse, list(numbers),
    )  # fmt: skip
    return {row["their_sku"]: row["variant"] for row in rows}


async def lock_skus(warehouse: UUID) -> None:
    """One at a time changes the numbers of a warehouse. Raises NotFound."""
    if not await tenants.connection().fetchval(
        "SELECT id FROM warehouse WHERE id = $1 FOR NO KEY UPDATE", warehouse
    ):  # fmt: skip
        raise NotFound


async def put_aliases(warehouse: UUID, rows: Sequence[AliasRow], *, by: str) -> None:
    """These goods have these numbers from now on; two may change theirs for one another. Raises NotFound, SkuTaken."""
    await lock_skus(warehouse)
    wanted: Mapping[str, UUID] = {row.their_sku: row.variant for row in rows}
    changed = set(wanted.values())
    owners = await owners_of(warehouse, wanted)
    if any(owner not in changed for owner in owners.values()):
        raise SkuTaken
    database = tenants.connection()
    await database.execute(
        "DELETE FROM sku_alias WHERE warehouse = $1 AND variant = ANY($2::uuid[])", warehouse, list(changed)
    )
    await database.executemany(
        "INSERT INTO sku_alias (id, warehouse, variant, their_sku, created_by, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(new_id(), warehouse, row.variant, row.their_sku, by[:80], now()) for row in rows],
    )


async def remove_alias(warehouse: UUID, alias: UUID) -> None:
    """These goods are known there by our SKU again. Raises NotFound."""
    gone = await tenants.connection().fetchval(
        "DELETE FROM sku_alias WHERE warehouse = $1 AND id = $2 RETURNING id", warehouse, alias
    )
    if gone is None:
        raise NotFound
