"""How many steps people may stand below each other, and who earns when somebody above is away: one row of the store."""

from __future__ import annotations

from typing import Literal

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

OnInactive = Literal["skip", "compress", "house"]


class PromoterPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`on_inactive_upline`: the share is not paid (skip), goes one further up (compress), or to the store (house)."""

    lineage_depth: int = 2
    on_inactive_upline: OnInactive = "skip"


READ = "SELECT lineage_depth, on_inactive_upline FROM promoter_policy"
SAVE = """
INSERT INTO promoter_policy (id, lineage_depth, on_inactive_upline, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (only_one) DO UPDATE SET lineage_depth = EXCLUDED.lineage_depth,
    on_inactive_upline = EXCLUDED.on_inactive_upline, updated_at = EXCLUDED.updated_at
"""
HOLD = """
INSERT INTO promoter_policy (id, updated_at) VALUES ($1, $2)
ON CONFLICT (only_one) DO UPDATE SET updated_at = promoter_policy.updated_at
RETURNING lineage_depth, on_inactive_upline
"""


async def read_policy() -> PromoterPolicy:
    """The store's, or the defaults."""
    row = await tenants.connection().fetchrow(READ)
    return msgspec.convert(dict(row), PromoterPolicy) if row else PromoterPolicy()


async def hold_policy() -> PromoterPolicy:
    """The same, and nobody else moves people or changes it until COMMIT."""
    row = await tenants.connection().fetchrow(HOLD, new_id(), now())
    return msgspec.convert(dict(row or {}), PromoterPolicy)


async def save_policy(policy: PromoterPolicy) -> None:
    """People who stand deeper than a new depth stay where they are; nobody is moved there any more."""
    await tenants.connection().execute(SAVE, new_id(), *msgspec.structs.astuple(policy), now())
