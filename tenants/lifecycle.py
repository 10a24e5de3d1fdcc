"""A store is born by claiming a schema that was made beforehand; nothing on the way to a sign-up runs DDL."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from asyncpg import UniqueViolationError
from uuid_utils.compat import uuid7

from infra import clock, redis
from infra.settings import settings
from tenants import audit, directory, platform
from tenants.errors import Refusal, SlugRefused, UnknownStore
from tenants.names import check_slug
from tenants.scope import Tenant
from tenants.states import STATES

WEBHOOK_KINDS = ("payments", "warehouse", "carrier")


class NoSchemaReady(Refusal):
    """The pool of prepared schemas ran dry; a job is filling it."""

    code = "tenants.no_schema_ready"
    status = 503
    message = "We are preparing more room for new stores. Try again in a minute; nothing was saved."


@dataclass(frozen=True, slots=True)
class NewStore:
    """What the directory needs to know of a store before it has rows."""

    slug: str
    name: str
    locale: str
    currency: str
    time_zone: str
    selling_mode: str


async def claim(new: NewStore, *, owner_login: UUID) -> Tenant:
    """Give the store a schema, its owner a seat and its webhooks their addresses, in one platform transaction.

    The store is `provisioning` until `activate`. Raises SlugInvalid, SlugRefused, NoSchemaReady.
    """
    check_slug(new.slug)
    tenant_id, now = uuid7(), clock.now()
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "DELETE FROM schema_pool WHERE schema_name = (SELECT schema_name FROM schema_pool ORDER BY created_at, "
            "schema_name LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING schema_name, cluster, schema_version"
        )
        if row is None:
            raise NoSchemaReady
        try:
            await database.execute(
                "INSERT INTO tenant (id, slug, name, schema_name, cluster, status, locale, currency, time_zone,"
                " selling_mode, schema_version, created_at) VALUES ($1,$2,$3,$4,$5,'provisioning',$6,$7,$8,$9,$10,$11)",
                tenant_id, new.slug, new.name, row["schema_name"], row["cluster"], new.locale, new.currency,
                new.time_zone, new.selling_mode, row["schema_version"], now,
            )  # fmt: skip
        except UniqueViolationError as error:
            raise SlugRefused(slug=new.slug) from error
        await database.execute(
            "INSERT INTO merchant_user (id, login, tenant, role, status, created_at)"
            " VALUES ($1, $2, $3, 'owner', 'active', $4)",
            uuid7(), owner_login, tenant_id, now,
        )  # fmt: skip
        await database.executemany(
            "INSERT INTO webhook_endpoint (secret_hash, tenant, kind) VALUES ($1, $2, $3)",
            [
                (hashlib.sha256(webhook_secret(tenant_id, kind).encode()).digest(), tenant_id, kind)
                for kind in WEBHOOK_KINDS
            ],
        )
    tenant = await directory.find_by_slug(new.slug)
    if tenant is None:
        raise UnknownStore(slug=new.slug)
    return tenant


async def activate(tenant_id: UUID) -> None:
    """The store has its first rows: let shoppers in."""
    async with platform.transaction() as database:
        await database.execute(
            "UPDATE tenant SET status = 'trial' WHERE id = $1 AND status = 'provisioning'", tenant_id
        )
    await announce(tenant_id)


async def change_status(tenant_id: UUID, status: str, *, reason: str, actor_id: UUID, actor_name: str) -> None:
    """Suspend, resume and the like, by staff, with a reason; audited before it happens."""
    if status not in STATES:
        raise ValueError(f"unknown status {status!r}")
    async with platform.transaction() as database:
        before = await database.fetchval("SELECT status FROM tenant WHERE id = $1 FOR UPDATE", tenant_id)
        if before is None:
            raise UnknownStore
        await audit.record(
            database, actor_kind="staff", actor_id=actor_id, actor_name=actor_name, action=f"tenant.{status}",
            tenant=tenant_id, reason=reason, details={"from": before, "to": status},
        )  # fmt: skip
        await database.execute(
            "UPDATE tenant SET status = $2, status_reason = $3 WHERE id = $1", tenant_id, status, reason
        )
    await announce(tenant_id)


async def announce(tenant_id: UUID) -> None:
    """Tell every process that the directory's entry of this store changed."""
    directory.forget(tenant_id)
    try:
        await redis.client().publish(directory.CHANNEL, str(tenant_id))
    except redis.Unavailable:
        return  # entries age out by themselves


def webhook_secret(tenant_id: UUID, kind: str) -> str:
    """The path secret of a store's webhook address: derived, so that it is stored nowhere."""
    message = f"webhook:{kind}:{tenant_id}".encode()
    return hmac.new(settings().secret, message, hashlib.sha256).hexdigest()[:40]


# A secret is derived from its store and belongs to no other, ever; what strangers try is not remembered.
_stores: dict[tuple[str, bytes], UUID] = {}
MOST_STORES = 50_000


async def find_by_webhook(kind: str, secret: str) -> Tenant | None:
    """The store a call from outside is for, by the secret in its path."""
    place = (kind, hashlib.sha256(secret.encode()).digest())
    tenant_id = _stores.get(place)
    if tenant_id is None:
        async with platform.transaction() as database:
            tenant_id = await database.fetchval(
                "SELECT tenant FROM webhook_endpoint WHERE kind = $1 AND secret_hash = $2", *place
            )
        if tenant_id is None:
            return None
        if len(_stores) >= MOST_STORES:
            _stores.clear()
        _stores[place] = tenant_id
    return await directory.find(tenant_id)
