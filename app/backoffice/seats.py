"""Which stores a merchant may look at."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenants import platform


@dataclass(frozen=True, slots=True)
class Seat:
    """One store of one merchant, and as what."""

    tenant_id: UUID
    slug: str
    name: str
    role: str
    status: str


async def seats_of(login: UUID) -> list[Seat]:
    """The stores of a merchant, the newest first."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT t.id AS tenant_id, t.slug, t.name, u.role, t.status FROM merchant_user u JOIN tenant t ON"
            " t.id = u.tenant"
            " WHERE u.login = $1 AND u.status = 'active' AND t.status NOT IN ('deleted', 'provisioning')"
            " ORDER BY t.created_at DESC, t.id",
            login,
        )
    return [Seat(**dict(row)) for row in rows]
