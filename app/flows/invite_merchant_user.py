"""The owner gives somebody a seat in the store, changes what the seat may do, or takes it away.

All rows are the platform's: one transaction each,
audited in the same one. A new person gets a link that sets their password
once; it is shown to the owner, who sends it, and only its hash is stored.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import identity
from app.identity import MERCHANT, Viewer, check_email, check_password, hash_token
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import passwords
from tenants import audit, platform, states

LIFETIME = timedelta(days=7)
REALM = "merchant_invite"


class InvitationSpent(Refusal):
    """The link was used, is too old, or never was one."""

    code = "users.invitation_spent"
    status = 410
    message = N_("This invitation was used or is older than seven days. Ask the owner for a new one.")


class LastOwner(Refusal):
    """A store without an owner could never be changed again."""

    code = "users.last_owner"
    status = 409
    message = N_("A store needs an owner. Make somebody else one first.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """`code` is empty for a person who already has a password: the store simply appears among theirs."""

    email: str
    code: str


async def invite(email: str, name: str, role: str, *, by: Viewer) -> Invitation:
    """Raises InvalidInput, or StoreClosed while the store may not invite."""
    tenant = tenants.current()
    states.require(tenant, "invite")
    clean = check_email(email)
    unusable = await passwords.hash_password(secrets.token_urlsafe(32), strong=True)
    async with platform.transaction() as database:
        login = await database.fetchval("SELECT id FROM merchant_login WHERE email = $1", clean)
        is_new = login is None
        if is_new:
            login = await _add_login(database, clean, name or clean, unusable, tenant.locale)
        seat = await database.fetchval(
            "INSERT INTO merchant_user (id, login, tenant, role, status, created_at) VALUES ($1, $2, $3, $4,"
            " 'active', $5)"
            " ON CONFLICT (tenant, login) DO NOTHING RETURNING id",
            new_id(), login, tenant.id, role, now(),
        )  # fmt: skip
        if seat is None:
            raise InvalidInput({"email": N_("This person is already on the list.")})
        await _record(database, "user.invited", by, clean, {"role": role})
        code = await _issue_code(database, login, tenant.id) if is_new else ""
    return Invitation(clean, code)


async def _add_login(database: Any, email: str, name: str, password_hash: str, locale: str) -> UUID:
    login = new_id()
    await database.execute(
        "INSERT INTO merchant_login (id, email, name, password_hash, locale, created_at) VALUES ($1,$2,$3,$4,$5,$6)",
        login, email, name, password_hash, locale, now(),
    )  # fmt: skip
    return login


async def _issue_code(database: Any, login: UUID, tenant_id: UUID) -> str:
    code = secrets.token_urlsafe(32)
    await database.execute(
        "INSERT INTO sign_in_code (code_hash, realm, subject, tenant, expires_at) VALUES ($1, $2, $3, $4, $5)",
        hash_token(code), REALM, login, tenant_id, now() + LIFETIME,
    )  # fmt: skip
    return code


async def accept(code: str, password: str) -> tuple[UUID, UUID | None]:
    """Set the password and use the link up; returns who that is and the store. Raises InvitationSpent, InvalidInput."""
    hashed = await passwords.hash_password(check_password(password, MERCHANT.name), strong=True)
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "DELETE FROM sign_in_code WHERE code_hash = $1 AND realm = $2 AND expires_at > $3 RETURNING"
            " subject, tenant",
            hash_token(code), REALM, now(),
        )  # fmt: skip
        if row is None:
            raise InvitationSpent
        await database.execute("UPDATE merchant_login SET password_hash = $2 WHERE id = $1", row["subject"], hashed)
    return row["subject"], row["tenant"]


async def change_seat(login: UUID, *, role: str | None = None, status: str | None = None, by: Viewer) -> None:
    """Another role, or off and on again; the person's sessions end at once. Raises NotFound, LastOwner."""
    tenant = tenants.current()
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT u.login, u.role, u.status, l.email FROM merchant_user u JOIN merchant_login l ON l.id = u.login"
            " WHERE u.tenant = $1 ORDER BY u.id FOR UPDATE OF u",
            tenant.id,
        )
        seat = next((row for row in rows if row["login"] == login), None)
        if seat is None:
            raise NotFound
        new_role, new_status = role or seat["role"], status or seat["status"]
        owners = [row["login"] for row in rows if row["role"] == "owner" and row["status"] == "active"]
        if owners == [login] and (new_role != "owner" or new_status != "active"):
            raise LastOwner
        await _record(database, "user.changed", by, seat["email"], {"role": new_role, "status": new_status})
        await database.execute(
            "UPDATE merchant_user SET role = $3, status = $4 WHERE tenant = $1 AND login = $2",
            tenant.id, login, new_role, new_status,
        )  # fmt: skip
    await identity.end_all_sessions(MERCHANT, login)


async def _record(database: Any, action: str, by: Viewer, subject: str, details: dict[str, str]) -> None:
    await audit.record(
        database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
        tenant=tenants.current().id, subject=subject, details=details,
    )  # fmt: skip
