"""Reads of stock takes: their lines with what was counted, and how far they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import tenants
from app.kernel import paging
from app.kernel.paging import Page

PAGE = 100
_LINES = """
SELECT line.id, line.variant, line.counted, line.seen, line.counted_by, line.counted_at, line.applied_at,
    variant.title, variant.sku, product.id AS product, product.title AS product_title, product.cover_thumb_key,
    coalesce(level.on_hand, 0) AS on_hand, coalesce(level.reserved + level.allocated, 0) AS promised,
    line.applied_at IS NULL AND coalesce(level.tracked AND NOT level.oversell
        AND level.on_hand + line.counted - line.seen < level.reserved + level.allocated, false) AS held
FROM stock_take_line AS line JOIN stock_take AS take ON take.id = line.stock_take
JOIN variant ON variant.id = line.variant JOIN product ON product.id = variant.product
LEFT JOIN stock_level AS level ON level.variant = line.variant AND level.warehouse = take.warehouse
WHERE line.stock_take = $1 AND ($2 = '' OR CASE $2 WHEN 'open' THEN line.counted IS NULL
        WHEN 'different' THEN line.counted <> line.seen ELSE true END)
    AND ($3::text IS NULL OR (product.title, line.variant) > ($3, $4::uuid))
ORDER BY product.title, line.variant LIMIT $5
"""
_PROGRESS = """
SELECT stock_take, count(*) AS lines, count(counted) AS counted, count(*) FILTER (WHERE counted <> seen) AS different,
    coalesce(sum(counted - seen) FILTER (WHERE counted > seen), 0)::bigint AS more,
    coalesce(sum(seen - counted) FILTER (WHERE counted < seen), 0)::bigint AS fewer, count(applied_at) AS applied
FROM stock_take_line WHERE stock_take = ANY($1::uuid[]) GROUP BY stock_take
"""


async def lines_of(take: UUID, *, show: str = "", after: str = "", limit: int = PAGE) -> Page[dict[str, Any]]:
    """By the product's title; `show` leaves only what is `open` or `different`."""
    place = paging.decode_cursor(after, str, UUID)
    rows = await tenants.connection().fetch(_LINES, take, show, *(place or (None, None)), limit + 1)
    return paging.cut(
        [dict(row) for row in rows], limit, lambda row: (row["product_title"], row["variant"]), started=bool(place)
    )


async def progress_of(takes: Sequence[UUID]) -> dict[UUID, Mapping[str, int]]:
    """How many lines, how many counted, how many differ and by how much."""
    rows = await tenants.connection().fetch(_PROGRESS, list(takes))
    return {row["stock_take"]: row for row in rows}
