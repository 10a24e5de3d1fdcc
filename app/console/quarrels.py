"""Reading disputes: the platform's list, and in each store the few words the list shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app import aftersales
from app.aftersales import Aftersale
from app.kernel.errors import NotFound
from infra.postgres import UNREACHABLE
from tenants import Tenant, directory, disputes
from tenants.disputes import DisputeRow


@dataclass(frozen=True, slots=True)
class Quarrel:
    """One dispute and its store; `case` is None when the store's server does not answer."""

    id: UUID
    store: Tenant
    aftersale: UUID
    opened_at: datetime
    closed_at: datetime | None
    case: Aftersale | None = None


async def waiting() -> list[Quarrel]:
    """Nobody has ruled on these; the one that waits longest first."""
    return await _with_cases(await disputes.open_disputes())


async def decided() -> list[Quarrel]:
    return await _with_cases(await disputes.closed_disputes())


async def find(dispute: UUID) -> Quarrel:
    """Raises NotFound."""
    row = await disputes.find(dispute)
    store = await directory.find(row.tenant) if row else None
    if row is None or store is None:
        raise NotFound
    return Quarrel(row.id, store, row.aftersale, row.opened_at, row.closed_at)


async def _with_cases(rows: list[DisputeRow]) -> list[Quarrel]:
    found = []
    for row in rows:
        store = await directory.find(row.tenant)
        if store is not None:
            case = await _case(store, row.aftersale)
            found.append(Quarrel(row.id, store, row.aftersale, row.opened_at, row.closed_at, case))
    return found


async def _case(store: Tenant, aftersale: UUID) -> Aftersale | None:
    try:
        with tenants.bind(store):
            async with tenants.transaction():
                return await aftersales.find(aftersale)
    except (NotFound, *UNREACHABLE):
        return None
