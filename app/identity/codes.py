"""One-time codes that carry a sign-in from one of our hosts to another: 60 seconds, used once, stored hashed."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from app.identity.realms import Realm
from app.identity.viewers import hash_token
from app.kernel.clock import now
from app.kernel.errors import Refusal
from tenants import platform

LIFETIME = timedelta(seconds=60)


class CodeSpent(Refusal):
    """The code was used before, is too old, or never was one."""

    code = "identity.code_spent"
    status = 410
    message = "This link has been used or is too old. Sign in with your e-mail and password."


async def issue(realm: Realm, subject: UUID, tenant_id: UUID | None) -> str:
    """A code for this person, good for one sign-in on the realm's own host."""
    code = secrets.token_urlsafe(32)
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO sign_in_code (code_hash, realm, subject, tenant, expires_at) VALUES ($1, $2, $3, $4, $5)",
            hash_token(code), realm.name, subject, tenant_id, now() + LIFETIME,
        )  # fmt: skip
    return code


async def redeem(realm: Realm, code: str) -> tuple[UUID, UUID | None]:
    """Whose code it is, and for which store. Raises CodeSpent; a code never works twice."""
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "DELETE FROM sign_in_code WHERE code_hash = $1 AND realm = $2 RETURNING subject, tenant, expires_at",
            hash_token(code), realm.name,
        )  # fmt: skip
    if row is None or row["expires_at"] <= now():
        raise CodeSpent
    return row["subject"], row["tenant"]
