"""What the merchant lets leaders sell: which variants, from which price on, and for which share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """One variant leaders may offer. `leader_bps` is None where the leader's own rate counts."""

    variant: UUID
    floor_amount: int
    leader_bps: int | None = None


class Good(Allowed, frozen=True, kw_only=True):
    """The same with what a page shows of it."""

    title: str
    variant_title: str
    image_key: str | None
    price_amount: int
    updated_at: datetime


GOODS = """
SELECT rule.variant, rule.floor_amount, rule.leader_bps, rule.updated_at, variant.price_amount, product.title,
    CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END AS variant_title,
    coalesce(product.cover_thumb_key, product.cover_key) AS image_key
FROM leader_goods AS rule JOIN variant ON variant.id = rule.variant JOIN product ON product.id = variant.product
WHERE rule.active AND variant.active AND product.status = 'published'
ORDER BY product.position, product.id, variant.position LIMIT 500
"""
WRITE = """
INSERT INTO leader_goods AS known (id, variant, floor_amount, leader_bps, active, updated_at)
VALUES ($1, $2, $3, $4, true, $5)
ON CONFLICT (variant) DO UPDATE SET floor_amount = EXCLUDED.floor_amount, leader_bps = EXCLUDED.leader_bps,
    active = true, updated_at = EXCLUDED.updated_at
WHERE known.floor_amount <> EXCLUDED.floor_amount OR known.leader_bps IS DISTINCT FROM EXCLUDED.leader_bps
    OR NOT known.active
"""


async def allowed() -> list[Good]:
    """What leaders may offer now."""
    return [Good(**row) for row in await tenants.connection().fetch(GOODS)]


async def allow(goods: Sequence[Allowed]) -> None:
    """Exactly these from now on. Running campaigns go on as they are."""
    database, moment = tenants.connection(), now()
    await database.execute(
        "UPDATE leader_goods SET active = false, updated_at = $2 WHERE active AND NOT variant = ANY($1)",
        [each.variant for each in goods], moment,
    )  # fmt: skip
    for each in goods:
        await database.execute(WRITE, new_id(), each.variant, each.floor_amount, each.leader_bps, moment)
