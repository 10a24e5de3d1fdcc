"""People who promote, as the platform knows them: one sign-in, at home in many stores."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import platform


class PromoterLogin(msgspec.Struct, frozen=True):
    """One person."""

    id: UUID
    email: str
    name: str


async def login_by_id(login_id: UUID) -> PromoterLogin | None:
    async with platform.transaction() as database:
        row = await database.fetchrow("SELECT id, email, name FROM promoter_login WHERE id = $1", login_id)
    return PromoterLogin(**dict(row)) if row else None


async def note_membership(login_id: UUID, tenant_id: UUID) -> None:
    """Remember in which store the person asked to sell, so that the portal can list them."""
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO promoter_membership (id, login, tenant, created_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (login, tenant) DO NOTHING",
            new_id(), login_id, tenant_id, now(),
        )  # fmt: skip


async def stores_of(login_id: UUID) -> list[UUID]:
    """The stores this person has joined or asked to join, oldest first."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT tenant FROM promoter_membership WHERE login = $1 ORDER BY created_at, id", login_id
        )
    return [row["tenant"] for row in rows]
