"""Staff: the platform's own people, who are let in from the command line and never sign up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from app.identity.accounts import EmailTaken, check_email
from app.identity.passwords import check_password
from app.identity.realms import STAFF
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import passwords
from tenants import audit, platform


@dataclass(frozen=True, slots=True)
class StaffUser:
    id: UUID
    email: str
    name: str
    role: str
    created_at: datetime


async def create_staff(email: str, name: str = "", *, password: str = "") -> str:
    """Let somebody into the console and return their first password. The first one in is the admin.

    Without a `password` a random one is made. Raises EmailTaken, InvalidInput.
    """
    clean = check_email(email)
    secret = check_password(password or secrets.token_urlsafe(12), STAFF.name)
    hashed = await passwords.hash_password(secret, strong=STAFF.strong_passwords)
    staff_id = new_id()
    async with platform.transaction() as database:
        role = "operator" if await database.fetchval("SELECT EXISTS (SELECT 1 FROM staff_user)") else "admin"
        await audit.record(
            database, actor_kind="system", actor_id=None, actor_name="command line", action="staff.created",
            subject=str(staff_id), details={"role": role},
        )  # fmt: skip
        try:
            await database.execute(
                "INSERT INTO staff_user (id, email, name, password_hash, role, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6)",
                staff_id, clean, name or clean.partition("@")[0], hashed, role, now(),
            )  # fmt: skip
        except UniqueViolationError as error:
            raise EmailTaken from error
    return secret


async def staff_users() -> list[StaffUser]:
    """Everybody who can sign in to the console, the longest-serving first."""
    async with platform.transaction() as database:
        rows = await database.fetch("SELECT id, email, name, role, created_at FROM staff_user ORDER BY created_at, id")
    return [StaffUser(**dict(row)) for row in rows]
