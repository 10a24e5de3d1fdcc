"""Reads of the stock pages: shelves with their figures, and the journal of one variant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants
from app import catalog
from app.inventory import LOW, StockRule
from app.kernel import paging
from app.kernel.paging import Page

PAGE = 100
MOVES = 50
_FACTS = f"""
    level.id, level.variant, level.warehouse, warehouse.name AS warehouse_name, warehouse.status AS warehouse_status,
    level.on_hand, level.reserved, level.allocated, level.incoming, level.safety, level.own_safety, level.low_at,
    level.tracked, level.oversell, level.on_hand - level.reserved - level.allocated - level.safety AS available,
    ({LOW}) AS low
"""
_FROM = """
FROM stock_level AS level JOIN variant ON variant.id = level.variant JOIN product ON product.id = variant.product
JOIN warehouse ON warehouse.id = level.warehouse LEFT JOIN stock_rule AS rule ON true
"""
# The shelves a search finds; also the rows of the file that can be taken away.
SHELVES = f"""
SELECT {_FACTS}, variant.title, variant.sku, product.id AS product, product.title AS product_title,
    product.cover_thumb_key
{_FROM}
WHERE variant.active AND product.status <> 'archived'
    AND (product.search_text LIKE ALL ($1::text[]) OR ($2 <> '' AND lower(variant.sku) = lower($2)))
    AND ($3::uuid IS NULL OR level.warehouse = $3) AND (NOT $4 OR (product.status = 'published' AND {LOW}))
    AND ($5::text IS NULL OR (product.title, level.variant, level.warehouse) > ($5, $6::uuid, $7::uuid))
ORDER BY product.title, level.variant, level.warehouse LIMIT $8
"""
_LEVELS = f"SELECT {_FACTS} {_FROM} WHERE level.variant = $1 ORDER BY warehouse.is_default DESC, warehouse.name"
_VARIANT = """
SELECT variant.id, variant.title, variant.sku, product.id AS product, product.title AS product_title,
    product.cover_thumb_key
FROM variant JOIN product ON product.id = variant.product WHERE variant.id = $1
"""
# Newest first. `after` is what lay on the shelf after the movement: what lies there now, without all that is newer.
_MOVES = """
SELECT move.id, move.kind, move.delta, move.quantity, move.warehouse, warehouse.name AS warehouse_name, move.reason,
    move.words, move.actor, move.at, orders.number AS "order", EXISTS (SELECT 1 FROM stock_move AS counter
        WHERE counter.kind = 'adjust' AND counter.source_id = move.id) AS undone,
    (level.on_hand - coalesce((SELECT sum(newer.delta) FROM stock_move AS newer WHERE newer.variant = move.variant
        AND newer.warehouse = move.warehouse AND (newer.at, newer.id) > (move.at, move.id)), 0))::bigint AS after
FROM stock_move AS move JOIN warehouse ON warehouse.id = move.warehouse
LEFT JOIN orders ON orders.id = move.about
LEFT JOIN stock_level AS level ON level.variant = move.variant AND level.warehouse = move.warehouse
WHERE move.variant = $1 AND ($2 = '' OR move.kind = $2) AND ($3::uuid IS NULL OR move.warehouse = $3)
    AND ($4::timestamptz IS NULL OR CASE WHEN $6 THEN (move.at, move.id) > ($4, $5) ELSE (move.at, move.id) < ($4, $5)
        END)
"""


async def shelves(query: str, warehouse: UUID | None, low: bool, after: str, limit: int = PAGE) -> Page[dict[str, Any]]:
    """Variants and warehouses by the product's title; `low` leaves only what is nearly gone."""
    place = paging.decode_cursor(after, str, UUID, UUID)
    rows = await tenants.connection().fetch(
        SHELVES, catalog.search_patterns(query), query.strip(), warehouse, low, *(place or (None, None, None)),
        limit + 1,
    )  # fmt: skip
    return paging.cut(
        [dict(row) for row in rows], limit, lambda row: (row["product_title"], row["variant"], row["warehouse"]),
        started=bool(place),
    )  # fmt: skip


async def variant_facts(variant: UUID) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = await tenants.connection().fetchrow(_VARIANT, variant)
    return found


async def levels_of(variant: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_LEVELS, variant)]


async def moves_of(
    variant: UUID, *, kind: str = "", warehouse: UUID | None = None, after: str = "", before: str = ""
) -> Page[dict[str, Any]]:
    """What came to its shelves and left them, the newest first."""
    at = paging.decode_cursor(before or after, datetime, UUID)
    backwards = bool(before and at)
    order = "move.at, move.id" if backwards else "move.at DESC, move.id DESC"
    moment, last = at or (None, None)
    rows = await tenants.connection().fetch(
        f"{_MOVES} ORDER BY {order} LIMIT $7", variant, kind, warehouse, moment, last, backwards, MOVES + 1
    )
    return paging.cut(
        [dict(row) for row in rows], MOVES, lambda row: (row["at"], row["id"]), backwards=backwards,
        started=at is not None,
    )  # fmt: skip


def low_line(rule: StockRule, level: Mapping[str, Any]) -> int:
    """From how many units on this shelf is nearly empty."""
    return rule.low_at if level["low_at"] is None else int(level["low_at"])
