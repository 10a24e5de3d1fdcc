"""The owner gives somebody a seat in the store, changes what the seat may do, or takes it away.

All rows are the platform's: one transaction each, audited in the same one. Every invitation is a link that works once;
it is shown to the owner, who sends it, and only its hash is stored. A new person sets a password with it; somebody who
has one types it, and only then has the seat: an address that a stranger signed up with opens no store.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import tenants
from app import identity
from app.flows import invitation_links
from app.flows.invitation_links import Invitation, InvitationSpent
from app.identity import MERCHANT, Viewer, check_email
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import passwords
from tenants import audit, platform, states

__all__ = ["Invitation", "InvitationSpent", "LastOwner", "accept", "change_seat", "invite", "is_for_new"]


class LastOwner(Refusal):
    """A store without an owner could never be changed again."""

    code = "users.last_owner"
    status = 409
    message = N_("A store needs an owner. Make somebody else one first.")


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
            "INSERT INTO merchant_user (id, login, tenant, role, status, created_at)"
            " VALUES ($1, $2, $3, $4, 'invited', $5) ON CONFLICT (tenant, login) DO NOTHING RETURNING id",
            new_id(), login, tenant.id, role, now(),
        )  # fmt: skip
        if seat is None:
            raise InvalidInput({"email": N_("This person is already on the list.")})
        await _record(database, "user.invited", by, clean, {"role": role})
        code = await invitation_links.issue(database, MERCHANT, login, tenant.id, is_new=is_new)
    return Invitation(clean, code, is_new)


async def _add_login(database: Any, email: str, name: str, password_hash: str, locale: str) -> UUID:
    login = new_id()
    await database.execute(
        "INSERT INTO merchant_login (id, email, name, password_hash, locale, created_at) VALUES ($1,$2,$3,$4,$5,$6)",
        login, email, name, password_hash, locale, now(),
    )  # fmt: skip
    return login


async def is_for_new(code: str) -> bool:
    """Whether the link's person still has to choose a password. A spent link looks like one until it is used."""
    return await invitation_links.is_for_new(MERCHANT, code)


async def accept(code: str, password: str) -> tuple[UUID, UUID]:
    """Take the seat: who that is, and the store. Raises InvitationSpent, InvalidInput, WrongPassword."""
    async with invitation_links.taken(MERCHANT, code, password) as (database, login, tenant_id):
        await database.execute(
            "UPDATE merchant_user SET status = 'active' WHERE login = $1 AND tenant = $2 AND status = 'invited'",
            login, tenant_id,
        )  # fmt: skip
    return login, tenant_id


async def change_seat(login: UUID, *, role: str | None = None, status: str | None = None, by: Viewer) -> None:
    """Another role, or off and on again; the person's sessions end at once. Raises NotFound, LastOwner.

    A seat that is still only offered can change its role; any new status takes the offer back.
    """
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
        if seat["status"] == "invited" and status:
            return await _withdraw(database, login, seat["email"], by)
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


async def _withdraw(database: Any, login: UUID, email: str, by: Viewer) -> None:
    """An invitation nobody took yet is taken back whole: the seat goes, and its link opens nothing any more."""
    tenant = tenants.current()
    await _record(database, "user.withdrawn", by, email, {})
    await database.execute("DELETE FROM merchant_user WHERE tenant = $1 AND login = $2", tenant.id, login)
    await database.execute("DELETE FROM sign_in_code WHERE tenant = $1 AND subject = $2", tenant.id, login)


async def _record(database: Any, action: str, by: Viewer, subject: str, details: dict[str, str]) -> None:
    await audit.record(
        database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
        tenant=tenants.current().id, subject=subject, details=details,
    )  # fmt: skip
