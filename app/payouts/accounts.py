"""Accounts promoters were paid to: known again by a fingerprint, never readable; a changed one is paid to later."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

KNOWN = "SELECT usable_from FROM payout_account WHERE promoter = $1 AND way = $2 AND fingerprint = $3"
HAS_ONE = "SELECT EXISTS (SELECT 1 FROM payout_account WHERE promoter = $1)"
ADD = """INSERT INTO payout_account (id, promoter, way, fingerprint, hint, added_at, usable_from)
    VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def usable_from(promoter: UUID, way: str, fingerprint: str) -> datetime | None:
    """From when on this account is paid to; None for one never seen."""
    found: datetime | None = await tenants.connection().fetchval(KNOWN, promoter, way, fingerprint)
    return found


async def has_account(promoter: UUID) -> bool:
    return bool(await tenants.connection().fetchval(HAS_ONE, promoter))


async def add_account(promoter: UUID, way: str, fingerprint: str, hint: str, *, cooling: timedelta) -> datetime:
    """From when on it is paid to. The caller holds the promoter's lock."""
    moment = now()
    usable = moment + cooling
    await tenants.connection().execute(ADD, new_id(), promoter, way, fingerprint, hint, moment, usable)
    return usable
