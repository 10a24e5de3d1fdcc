"""Sign-ins of promoters: one person on the platform, at home in many stores."""

from __future__ import annotations

from uuid import UUID

import msgspec

from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id
from tenants import platform


class EmailTaken(Refusal):
    """Somebody signs in with this address already."""

    code = "promoters.email_taken"
    message = "This email is already registered. Sign in instead."


class PromoterLogin(msgspec.Struct, frozen=True):
    """One person's sign-in."""

    id: UUID
    email: str
    name: str
    password_hash: str
    locale: str


def clean_email(email: str) -> str:
    return email.strip().lower()


async def register_login(email: str, name: str, password_hash: str, locale: str) -> UUID:
    """A new sign-in. Raises EmailTaken."""
    login_id = new_id()
    async with platform.transaction() as database:
        made = await database.fetchval(
            "INSERT INTO promoter_login (id, email, name, password_hash, locale, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING id",
            login_id, clean_email(email), name, password_hash, locale, now(),
        )  # fmt: skip
    if made is None:
        raise EmailTaken
    return login_id


async def find_login(email: str) -> PromoterLogin | None:
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "SELECT id, email, name, password_hash, locale FROM promoter_login WHERE email = $1", clean_email(email)
        )
    return PromoterLogin(**dict(row)) if row else None


async def login_by_id(login_id: UUID) -> PromoterLogin | None:
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "SELECT id, email, name, password_hash, locale FROM promoter_login WHERE id = $1", login_id
        )
    return PromoterLogin(**dict(row)) if row else None


async def change_password_hash(login_id: UUID, password_hash: str) -> None:
    async with platform.transaction() as database:
        await database.execute("UPDATE promoter_login SET password_hash = $2 WHERE id = $1", login_id, password_hash)


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
