"""Reads of the pages about sales made elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants

# What a merchant has to do comes first in its own list.
SHOWN = {
    "": "true",
    "open": "sold.basis IN ('unknown_sharer', 'unknown_good')",
    "provisional": "sold.final_at IS NULL AND sold.promoter IS NOT NULL AND sold.status <> 'closed'",
    "settled": "sold.final_at IS NOT NULL",
    "nobody": "sold.promoter IS NULL",
}
_LINES = """
SELECT sold.id, sold.platform, sold.order_number, sold.title, sold.sku_code, sold.quantity, sold.sale_amount,
    sold.base_amount, sold.refunded_amount, sold.currency, sold.status, sold.placed_at, sold.basis, sold.sharer,
    sold.sharer_name, sold.final_at, coalesce(promoter.name, '') AS promoter_name, sold.promoter,
    (SELECT coalesce(sum(line.amount - line.reversed_amount), 0)::bigint FROM commission_line AS line
        WHERE line.external_line = sold.id AND line.status <> 'canceled') AS commission_amount
FROM external_line AS sold LEFT JOIN promoter ON promoter.id = sold.promoter
WHERE ($1 = '' OR sold.platform = $1) AND ($2 = '' OR sold.order_number = $2) AND {shown}
ORDER BY sold.placed_at DESC, sold.id LIMIT $3 OFFSET $4
"""
_SUMS = """
SELECT count(*) AS lines, count(*) FILTER (WHERE basis = 'unknown_sharer') AS sharers,
    count(*) FILTER (WHERE basis = 'unknown_good') AS goods,
    (SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM commission_line
        WHERE external_line IS NOT NULL AND status = 'estimated') AS estimated,
    (SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM commission_line
        WHERE external_line IS NOT NULL AND status NOT IN ('estimated', 'canceled', 'reversed')) AS owed
FROM external_line
"""
_COMMISSION = """
SELECT line.id, line.turn, line.role, line.rate_bps, line.flat_amount, line.amount, line.reversed_amount, line.status,
    line.settle_at, promoter.name AS promoter_name, line.promoter
FROM commission_line AS line JOIN promoter ON promoter.id = line.promoter
WHERE line.external_line = $1 ORDER BY line.turn DESC, (line.role <> 'promotion'), line.id
"""
_CHOICE = "SELECT id, name FROM promoter WHERE status = 'approved' ORDER BY name, id LIMIT 500"
_BY_SKU = "SELECT id FROM variant WHERE sku = $1 ORDER BY id LIMIT 2"


async def lines(platform: str, shown: str, number: str, most: int, offset: int) -> list[dict[str, Any]]:
    """The newest first."""
    statement = _LINES.format(shown=SHOWN.get(shown, "true"))
    rows = await tenants.connection().fetch(statement, platform, number.strip(), most, offset)
    return [dict(row) for row in rows]


async def sums() -> dict[str, int]:
    return dict(await tenants.connection().fetchrow(_SUMS) or {})


async def commission_of(line_id: UUID) -> list[dict[str, Any]]:
    """Of every turn, the present one first."""
    return [dict(row) for row in await tenants.connection().fetch(_COMMISSION, line_id)]


async def promoters_to_choose() -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_CHOICE)]


async def variant_by_sku(sku: str) -> UUID | None:
    """None as well when several goods have it."""
    rows = await tenants.connection().fetch(_BY_SKU, sku)
    return rows[0]["id"] if len(rows) == 1 else None
