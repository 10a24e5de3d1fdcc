"""The store lets somebody in at one of its suppliers, and takes the place away again.

All rows are the platform's, one transaction each, audited in the same one. The invitation is a link that works once; it
is shown to whoever invites, who sends it. The caller has made sure that the supplier is one of this store.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app import identity
from app.flows import invitation_links
from app.flows.invitation_links import Invitation
from app.identity import SUPPLIER, Viewer, check_email
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import passwords
from tenants import audit, platform, states


class Seat(msgspec.Struct, frozen=True):
    """Somebody who may open a supplier's pages; `status` is invited, active or disabled."""

    login: UUID
    name: str
    email: str
    status: Literal["invited", "active", "disabled"]
    created_at: datetime


async def invite(supplier: UUID, email: str, name: str, *, by: Viewer) -> Invitation:
    """Raises InvalidInput, or StoreClosed while the store may not invite."""
    tenant = tenants.current()
    states.require(tenant, "invite")
    clean = check_email(email)
    unusable = await passwords.hash_password(secrets.token_urlsafe(32), strong=SUPPLIER.strong_passwords)
    async with platform.transaction() as database:
        login = await database.fetchval("SELECT id FROM supplier_login WHERE email = $1", clean)
        is_new = login is None
        login = login or new_id()
        if is_new:
            await database.execute(
                "INSERT INTO supplier_login (id, email, name, password_hash, locale, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6)",
                login, clean, name or clean, unusable, tenant.locale, now(),
            )  # fmt: skip
        seat = await database.fetchval(
            "INSERT INTO supplier_seat (id, login, tenant, supplier, status, created_at)"
            " VALUES ($1, $2, $3, $4, 'invited', $5) ON CONFLICT (tenant, login) DO NOTHING RETURNING id",
            new_id(), login, tenant.id, supplier, now(),
        )  # fmt: skip
        if seat is None:
            raise InvalidInput({"email": N_("This person already works for a supplier of yours.")})
        await _record(database, "supplier.invited", by, clean, supplier)
        code = await invitation_links.issue(database, SUPPLIER, login, tenant.id, is_new=is_new)
    return Invitation(clean, code, is_new)


async def accept(code: str, password: str) -> tuple[UUID, UUID]:
    """Take the seat: who that is, and the store. Raises InvitationSpent, InvalidInput, WrongPassword."""
    async with invitation_links.taken(SUPPLIER, code, password) as (database, login, tenant_id):
        await database.execute(
            "UPDATE supplier_seat SET status = 'active' WHERE login = $1 AND tenant = $2 AND status = 'invited'",
            login, tenant_id,
        )  # fmt: skip
    return login, tenant_id


async def let_in_again(supplier: UUID, login: UUID, *, allowed: bool, by: Viewer) -> None:
    """Take a seat away, or give it back; an invitation nobody took yet is taken back whole. Raises NotFound."""
    tenant = tenants.current()
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "SELECT s.id, s.status, l.email FROM supplier_seat s JOIN supplier_login l ON l.id = s.login"
            " WHERE s.tenant = $1 AND s.supplier = $2 AND s.login = $3 FOR UPDATE OF s",
            tenant.id, supplier, login,
        )  # fmt: skip
        if row is None:
            raise NotFound
        await _record(database, "supplier.let_in" if allowed else "supplier.shut_out", by, row["email"], supplier)
        if row["status"] == "invited":
            if not allowed:
                await database.execute("DELETE FROM supplier_seat WHERE id = $1", row["id"])
                await database.execute("DELETE FROM sign_in_code WHERE tenant = $1 AND subject = $2", tenant.id, login)
            return
        await database.execute(
            "UPDATE supplier_seat SET status = $2 WHERE id = $1", row["id"], "active" if allowed else "disabled"
        )
    await identity.end_all_sessions(SUPPLIER, login)


async def seats_of(supplier: UUID) -> list[Seat]:
    """Everybody who may open this supplier's pages, or was asked to."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT s.login, l.name, l.email, s.status, s.created_at FROM supplier_seat s"
            " JOIN supplier_login l ON l.id = s.login WHERE s.tenant = $1 AND s.supplier = $2"
            " ORDER BY s.created_at, s.id",
            tenants.current().id, supplier,
        )  # fmt: skip
    return [Seat(**row) for row in rows]


async def _record(database: Any, action: str, by: Viewer, subject: str, supplier: UUID) -> None:
    await audit.record(
        database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
        tenant=tenants.current().id, subject=subject, details={"supplier": str(supplier)},
    )  # fmt: skip
