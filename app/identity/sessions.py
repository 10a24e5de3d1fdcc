"""Server-side sessions: a 256-bit token in a cookie, its hash in a table, nothing adopted that was not issued here.

Programs show theirs as a bearer token on the API; it is kept in the same table as a shopper's cookie, as another kind.

Signing in, changing a password or a role opens a new session and ends the old one. A cookie whose hash is not in the
table is ignored. Idle and absolute limits come from the realm.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import tenants
from app.identity.realms import BY_FACE, MERCHANT, OF_PLATFORM, PROMOTER, SHOPPER, STAFF, SUPPLIER, Realm
from app.identity.viewers import Viewer, Visit, csrf_of, hash_token
from app.kernel import cookies
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import crypto
from tenants import platform
from tenants.middleware import arrival_of

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection

    Connection = ASGIConnection[Any, Any, Any, Any]

TOUCH_EVERY = timedelta(minutes=1)

_LOAD = {
    MERCHANT.name: (
        "SELECT s.subject, l.name, l.email, coalesce(u.role, '') AS role, s.tenant, s.last_seen_at, s.expires_at,"
        " s.created_at"
        " FROM merchant_session s JOIN merchant_login l ON l.id = s.subject"
        " LEFT JOIN merchant_user u ON u.login = l.id AND u.tenant = s.tenant AND u.status = 'active'"
        " WHERE s.token_hash = $1"
    ),
    PROMOTER.name: (
        "SELECT s.subject, l.name, l.email, '' AS role, s.tenant, s.last_seen_at, s.expires_at,"
        " s.created_at"
        " FROM promoter_session s JOIN promoter_login l ON l.id = s.subject WHERE s.token_hash = $1"
    ),
    SUPPLIER.name: (
        "SELECT s.subject, l.name, l.email, '' AS role, s.tenant, s.last_seen_at, s.expires_at,"
        " s.created_at"
        " FROM supplier_session s JOIN supplier_login l ON l.id = s.subject WHERE s.token_hash = $1"
    ),
    STAFF.name: (
        "SELECT s.subject, u.name, u.email, u.role, s.tenant, s.last_seen_at, s.expires_at,"
        " s.created_at"
        " FROM staff_session s JOIN staff_user u ON u.id = s.subject WHERE s.token_hash = $1"
    ),
}
_OPEN = {
    realm.name: f"INSERT INTO {realm.table} (token_hash, subject, tenant, created_at, last_seen_at,"  # noqa: S608 - our own tables
    " expires_at, agent_hash, address_prefix) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)"
    for realm in OF_PLATFORM
}
_TOUCH = {
    realm.name: f"UPDATE {realm.table} SET last_seen_at = $2 WHERE token_hash = $1"  # noqa: S608 - our own table names
    for realm in OF_PLATFORM
}
_END = {
    realm.name: f"DELETE FROM {realm.table} WHERE token_hash = $1"  # noqa: S608 - our own table names
    for realm in OF_PLATFORM
}
_END_ALL = {
    realm.name: f"DELETE FROM {realm.table} WHERE subject = $1"  # noqa: S608 - our own table names
    for realm in OF_PLATFORM
}


def token_of(connection: Connection, realm: Realm) -> str | None:
    """The secret the caller shows: a cookie of this host. The API reads a bearer token instead, and never a cookie."""
    if arrival_of(connection).face != "api":
        return connection.cookies.get(realm.cookie)
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def open_session(connection: Connection, realm: Realm, subject: UUID, *, tenant_id: UUID | None = None) -> None:
    """Sign somebody in on this host: a fresh token; whatever session the browser had in this realm ends."""
    await end_session(connection, realm)
    token, moment = secrets.token_urlsafe(32), now()
    async with platform.transaction() as database:
        await database.execute(
            _OPEN[realm.name], hash_token(token), subject, tenant_id, moment, moment + realm.absolute,
            _agent(connection), _address_prefix(connection),
        )  # fmt: skip
    _give_cookie(connection, realm, token)


async def end_session(connection: Connection, realm: Realm) -> None:
    """Sign out: the token is worthless from now on, wherever it was copied to."""
    token = connection.cookies.get(realm.cookie)
    if not token:
        return
    if realm is SHOPPER:
        async with tenants.transaction():
            await tenants.connection().execute("DELETE FROM shopper_session WHERE token_hash = $1", hash_token(token))
    else:
        async with platform.transaction() as database:
            await database.execute(_END[realm.name], hash_token(token))
    arrival_of(connection).memo.pop("viewer", None)
    arrival_of(connection).cookies.append(cookies.expire(realm.cookie))


async def end_all_sessions(realm: Realm, subject: UUID) -> None:
    """Everywhere, at once: after a role change."""
    async with platform.transaction() as database:
        await end_sessions_within(database, realm, subject)


async def end_sessions_within(database: Any, realm: Realm, subject: UUID) -> None:
    """The same inside the caller's platform transaction; one-time codes on their way open nothing any more either."""
    await database.execute(_END_ALL[realm.name], subject)
    await database.execute("DELETE FROM sign_in_code WHERE realm = $1 AND subject = $2", realm.name, subject)


async def end_shopper_sessions(customer_id: UUID) -> None:
    """Every browser of this customer, inside the caller's transaction of the store."""
    await tenants.connection().execute("DELETE FROM shopper_session WHERE customer = $1", customer_id)


async def viewer_or_none(connection: Connection) -> Viewer | None:
    """The signed-in person of this host's realm, read once per request."""
    arrival = arrival_of(connection)
    if "viewer" not in arrival.memo:
        realm = BY_FACE.get(arrival.face)
        token = token_of(connection, realm) if realm else None
        arrival.memo["viewer"] = None
        if realm and token:
            loader = _load_shopper if realm is SHOPPER else _load
            arrival.memo["viewer"] = await loader(connection, realm, token)
    found: Viewer | None = arrival.memo["viewer"]
    return found


async def _load(connection: Connection, realm: Realm, token: str) -> Viewer | None:
    key, moment = hash_token(token), now()
    async with platform.transaction() as database:
        row = await database.fetchrow(_LOAD[realm.name], key)
        if not row or row["expires_at"] <= moment or row["last_seen_at"] + realm.idle <= moment:
            return None
        if row["last_seen_at"] + TOUCH_EVERY <= moment:
            await database.execute(_TOUCH[realm.name], key, moment)
    return Viewer(
        realm.name, row["subject"], row["name"], row["email"], row["role"], row["tenant"], key, csrf_of(token),
        row["created_at"],
    )  # fmt: skip


async def _load_shopper(connection: Connection, realm: Realm, token: str) -> Viewer | None:
    visit = await visit_or_none(connection)
    if visit is None or visit.customer_id is None:
        return None
    async with tenants.transaction():
        row = await tenants.connection().fetchrow("SELECT name, email FROM customer WHERE id = $1", visit.customer_id)
    if row is None:
        return None
    name, email = row["name"], row["email"] or ""
    return Viewer(
        SHOPPER.name, visit.customer_id, name, email, "", tenants.current().id, visit.token_hash, visit.csrf_token
    )


async def visit_or_none(connection: Connection) -> Visit | None:
    """The shopper's browser session of this store, if it has one; never created by looking."""
    arrival = arrival_of(connection)
    if "visit" not in arrival.memo:
        token = token_of(connection, SHOPPER)
        arrival.memo["visit"] = (
            await _find_visit(token, "program" if arrival.face == "api" else "browser") if token else None
        )
    found: Visit | None = arrival.memo["visit"]
    return found


async def _find_visit(token: str, kind: str) -> Visit | None:
    """A browser's cookie is no bearer token, and the other way round."""
    key, moment = hash_token(token), now()
    async with tenants.transaction():
        row: Any = await tenants.connection().fetchrow(
            "SELECT customer, visitor_id, last_seen_at, expires_at FROM shopper_session"
            " WHERE token_hash = $1 AND kind = $2",
            key,
            kind,
        )
        if not row or row["expires_at"] <= moment or row["last_seen_at"] + SHOPPER.idle <= moment:
            return None
        if row["last_seen_at"] + TOUCH_EVERY <= moment:
            await tenants.connection().execute(
                "UPDATE shopper_session SET last_seen_at = $2 WHERE token_hash = $1", key, moment
            )
    return Visit(row["visitor_id"], row["customer"], key, csrf_of(token))


async def ensure_visit(connection: Connection) -> Visit:
    """A session for this browser, made when it first has something to remember (a cart, a checkout)."""
    return await visit_or_none(connection) or await _open_visit(connection, visitor_from_cookie(connection), None)


async def sign_in_shopper(connection: Connection, customer_id: UUID) -> Visit:
    """Give the browser a new token that belongs to the customer; the visitor stays the same, so the cart does too."""
    before = await visit_or_none(connection)
    visitor = before.visitor_id if before else visitor_from_cookie(connection)
    if before:
        async with tenants.transaction():
            await tenants.connection().execute("DELETE FROM shopper_session WHERE token_hash = $1", before.token_hash)
    arrival_of(connection).memo.pop("viewer", None)
    return await _open_visit(connection, visitor, customer_id)


async def issue_token(connection: Connection, customer_id: UUID | None) -> tuple[str, datetime]:
    """A bearer token for a program, and until when it is good at most. The token shown with this request ends.

    The visitor stays the same, so the cart and the orders do too.
    """
    before = await visit_or_none(connection)
    visitor = before.visitor_id if before else new_id()
    token, moment = secrets.token_urlsafe(32), now()
    async with tenants.transaction():
        if before:
            await tenants.connection().execute("DELETE FROM shopper_session WHERE token_hash = $1", before.token_hash)
        await _write_visit(connection, token, visitor, customer_id, moment, "program")
    memo = arrival_of(connection).memo
    memo.pop("viewer", None)
    memo["visit"] = Visit(visitor, customer_id, hash_token(token), csrf_of(token))
    return token, moment + SHOPPER.absolute


async def revoke_token(connection: Connection) -> None:
    """The bearer token shown with this request is worthless from now on."""
    visit = await visit_or_none(connection)
    if visit:
        async with tenants.transaction():
            await tenants.connection().execute("DELETE FROM shopper_session WHERE token_hash = $1", visit.token_hash)


async def _open_visit(connection: Connection, visitor_id: UUID, customer_id: UUID | None) -> Visit:
    token, moment = secrets.token_urlsafe(32), now()
    async with tenants.transaction():
        await _write_visit(connection, token, visitor_id, customer_id, moment, "browser")
    _give_cookie(connection, SHOPPER, token)
    visit = Visit(visitor_id, customer_id, hash_token(token), csrf_of(token))
    arrival_of(connection).memo["visit"] = visit
    return visit


async def _write_visit(
    connection: Connection, token: str, visitor_id: UUID, customer_id: UUID | None, moment: datetime, kind: str
) -> None:
    await tenants.connection().execute(
        "INSERT INTO shopper_session (token_hash, customer, visitor_id, created_at, last_seen_at, expires_at,"
        " agent_hash, address_prefix, kind) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)",
        hash_token(token), customer_id, visitor_id, moment, moment + SHOPPER.absolute,
        _agent(connection), _address_prefix(connection), kind,
    )  # fmt: skip


def visitor_from_cookie(connection: Connection) -> UUID:
    """The browser's visitor id: the one a tracked link gave it, else a new one.

    A visitor's orders open in the visitor's browser, so an id nobody signed is nobody's.
    """
    text, _, signature = connection.cookies.get("visitor", "").partition(".")
    return UUID(text) if crypto.verify(text, signature, "visitor", size=12) else new_id()


def visitor_cookie(visitor_id: UUID) -> str:
    """What the browser is given to be known by again."""
    return f"{visitor_id}.{crypto.sign(str(visitor_id), 'visitor', size=12)}"


def _give_cookie(connection: Connection, realm: Realm, token: str) -> None:
    cookie = cookies.make(realm.cookie, token, lasts=realm.absolute, same_site=realm.same_site)
    arrival_of(connection).cookies.append(cookie)


def client_address(connection: Connection) -> str:
    """The caller's address; a forwarded one counts only when it comes from a proxy of ours."""
    from infra.settings import settings

    peer = connection.client.host if connection.client else "unknown"
    if peer in settings().trusted_proxies:
        return connection.headers.get("x-forwarded-for", peer).rpartition(",")[2].strip() or peer
    return peer


def _agent(connection: Connection) -> bytes:
    return hashlib.sha256(connection.headers.get("user-agent", "").encode()).digest()[:8]


def _address_prefix(connection: Connection) -> str:
    """/16 for IPv4, /48 for IPv6: enough to show "another place", not enough to follow a person."""
    address = client_address(connection)
    parts = address.split(":")[:3] if ":" in address else address.split(".")[:2]
    return (":" if ":" in address else ".").join(parts)
