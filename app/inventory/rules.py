"""How much of a shelf is kept back, and when it is nearly empty: as its level says, or else as the store says."""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app.inventory.journal import open_levels
from app.kernel.clock import now
from app.kernel.ids import new_id

_KEEP = """
INSERT INTO stock_rule (id, low_at, safety, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (only_one) DO UPDATE
SET low_at = EXCLUDED.low_at, safety = EXCLUDED.safety, updated_at = EXCLUDED.updated_at
"""
_FOLLOW = """
WITH locked AS (
    SELECT id FROM stock_level WHERE NOT own_safety AND safety <> $1 ORDER BY variant, warehouse FOR UPDATE
)
UPDATE stock_level AS level SET safety = $1, updated_at = $2 FROM locked WHERE level.id = locked.id
"""
_TERMS = """
UPDATE stock_level SET low_at = $3, own_safety = $4::bigint IS NOT NULL,
    safety = coalesce($4, (SELECT safety FROM stock_rule), 0), updated_at = $5
WHERE variant = $1 AND warehouse = $2
"""
# A level that nobody can oversell by mistake, with its line; for statements that join `level` and `rule`.
LOW = """
level.tracked AND NOT level.oversell
    AND level.on_hand - level.reserved - level.allocated - level.safety <= coalesce(level.low_at, rule.low_at, 5)
"""


class StockRule(msgspec.Struct, frozen=True):
    """What levels follow that say nothing themselves."""

    low_at: int = 5
    safety: int = 0


async def stock_rule() -> StockRule:
    row = await tenants.connection().fetchrow("SELECT low_at, safety FROM stock_rule")
    return StockRule(**row) if row else StockRule()


async def change_rule(rule: StockRule) -> None:
    """Levels without a safety of their own follow at once."""
    database, at = tenants.connection(), now()
    await database.execute(_KEEP, new_id(), rule.low_at, rule.safety, at)
    await database.execute(_FOLLOW, rule.safety, at)


async def change_terms(variant: UUID, warehouse: UUID, *, safety: int | None, low_at: int | None) -> None:
    """Of one level; None is what the store says."""
    await open_levels([(variant, warehouse)])
    await tenants.connection().execute(_TERMS, variant, warehouse, low_at, safety, now())
