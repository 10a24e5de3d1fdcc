"""People of a filled store, each with a session whose cookie the probe can carry."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import tenants
from app.identity.realms import BY_FACE, Realm
from app.identity.viewers import csrf_of, hash_token
from app.kernel.ids import new_id
from tenants import platform
from tests.isolation.words import Filled

_SESSION = (
    "INSERT INTO {table} (token_hash, {who}, created_at, last_seen_at, expires_at, agent_hash, address_prefix)"
    " VALUES ($1, $2, $3, now(), now(), now() + interval '1 day', 'a', '127.0')"
)


class Person:
    """A signed-in browser: `cookie` and the form token that goes with it. A program sends a bearer token instead."""

    def __init__(self, realm: Realm, *, program: bool = False) -> None:
        self.program = program
        self.token = secrets.token_urlsafe(32)
        self.cookie = f"{realm.cookie}={self.token}"
        self.csrf = csrf_of(self.token)


async def hire(store: Filled, role: str = "owner") -> UUID:
    """A merchant of this store and its promoter, known to the platform. Returns the merchant's login."""
    login = new_id()
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO merchant_login (id, email, name, password_hash, locale, created_at)"
            " VALUES ($1, $2, $3, 'none', 'en', now())",
            login, f"{login.hex}@merchant.test", f"{store.secret_word} merchant",
        )  # fmt: skip
        await database.execute(
            "INSERT INTO merchant_user (id, login, tenant, role, created_at) VALUES ($1, $2, $3, $4, now())",
            new_id(), login, store.tenant.id, role,
        )  # fmt: skip
    return login


async def enlist(store: Filled) -> None:
    """The store's promoter and its supplier's person: logins of their own, and a place in this store only."""
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO promoter_login (id, email, name, password_hash, locale, created_at)"
            " VALUES ($1, $2, $3, 'none', 'en', now())",
            store.promoter_login, f"{store.tag}@promoter.test", f"{store.secret_word} promoter",
        )  # fmt: skip
        await database.execute(
            "INSERT INTO promoter_membership (id, login, tenant, created_at) VALUES ($1, $2, $3, now())",
            new_id(), store.promoter_login, store.tenant.id,
        )  # fmt: skip
        await _seat_supplier(database, store)


async def _seat_supplier(database: Any, store: Filled) -> None:
    """Somebody of the store's supplier, who may open that supplier's pages of this store only."""
    await database.execute(
        "INSERT INTO supplier_login (id, email, name, password_hash, locale, created_at)"
        " VALUES ($1, $2, $3, 'none', 'en', now())",
        store.supplier_login, f"{store.tag}@supplier.test", f"{store.secret_word} supplier",
    )  # fmt: skip
    supplier = store.rows.get("supplier", {}).get("id") or new_id()
    await database.execute(
        "INSERT INTO supplier_seat (id, login, tenant, supplier, status, created_at)"
        " VALUES ($1, $2, $3, $4, 'active', now())",
        new_id(), store.supplier_login, store.tenant.id, supplier,
    )  # fmt: skip


async def staff_member(role: str) -> UUID:
    staff = new_id()
    async with platform.transaction() as database:
        await database.execute(
            "INSERT INTO staff_user (id, email, name, password_hash, role, created_at)"
            " VALUES ($1, $2, 'Staff', 'none', $3, now())",
            staff, f"{staff.hex}@staff.test", role,
        )  # fmt: skip
    return staff


async def signed_in(face: str, store: Filled, subject: UUID | None = None) -> Person | None:
    """Somebody of this store, freshly signed in to the face; None where nobody signs in."""
    realm = BY_FACE.get(face)
    if realm is None or (face == "console" and subject is None):
        return None
    person, known = (
        Person(realm, program=face == "api"),
        {
            "backoffice": store.merchant_login,
            "portal": store.promoter_login,
            "supply": store.supplier_login,
        },
    )
    if face in ("storefront", "api"):
        customer = subject or store.rows["customer"]["id"]
        with tenants.bind(store.tenant):
            async with tenants.transaction():
                sql = _SESSION.format(table=realm.table, who="customer, visitor_id")
                await tenants.connection().execute(sql, hash_token(person.token), customer, store.visitor)
                if person.program:
                    kind = "UPDATE shopper_session SET kind = 'program' WHERE token_hash = $1"
                    await tenants.connection().execute(kind, hash_token(person.token))
    else:
        async with platform.transaction() as database:
            sql = _SESSION.format(table=realm.table, who="subject, tenant")
            tenant = None if face == "console" else store.tenant.id
            await database.execute(sql, hash_token(person.token), subject or known[face], tenant)
    return person
