"""The merchant says what somebody's level is, or below whom they stand from now on."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import promoters


async def fix_level(promoter_id: UUID, level: UUID | None, *, fixed: bool, actor: str, reason: str) -> None:
    """`fixed`: it stays whatever they sell, until the store lets it follow their sales again. Raises NotFound."""
    async with tenants.transaction():
        await promoters.fix_level(promoter_id, fixed)
        await promoters.set_level(promoter_id, level, actor=actor, reason=reason.strip()[:300])


async def place_promoter(promoter_id: UUID, parent: UUID | None, *, actor: str, reason: str) -> None:
    """Raises InvalidInput, NotFound, Circle, TooDeep."""
    async with tenants.transaction():
        await promoters.find(promoter_id)
        await promoters.move(promoter_id, parent, actor=actor, reason=reason)
