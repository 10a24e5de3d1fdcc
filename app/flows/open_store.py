"""A merchant signs up and has a store.

Not one transaction but three short ones, because the directory and the store's rows may live on different servers:
claim (directory), furnish (the store's schema), activate (directory). Every step can be repeated; a store left
`provisioning` by a crash is finished by the provisioning job.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import identity
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import crypto
from infra.settings import settings
from tenants import directory, lifecycle, names, outbox
from tenants.errors import SlugRefused
from tenants.lifecycle import NewStore


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the merchant chose beside the directory's facts."""

    contact_email: str = ""
    tagline: str = ""
    look: dict[str, Any] | None = None


async def open_store(new: NewStore, wishes: Wishes, *, owner_login: UUID) -> tenants.Tenant:
    """Make the store and return it, ready for visitors. Raises SlugInvalid, SlugRefused, NoSchemaReady."""
    tenant = await lifecycle.claim(new, owner_login=owner_login)
    await furnish(tenant, wishes)
    await lifecycle.activate(tenant.id)
    return replace(tenant, status="trial")


@dataclass(frozen=True, slots=True)
class Opened:
    """A store opened from the command line. `password` is empty when the owner could sign in before."""

    tenant: tenants.Tenant
    password: str


async def create_store(*, slug: str, name: str, email: str) -> Opened:
    """Open a store for an owner who may be new. Raises SlugInvalid, SlugRefused, NoSchemaReady, InvalidInput."""
    names.check_slug(slug)
    if await directory.find_by_slug(slug):
        raise SlugRefused(slug=slug)  # before a login is made, so that a second try leaves nothing behind
    owner, password = await _owner(identity.check_email(email), name)
    new = NewStore(slug, name, "zh-Hans", "CNY", "Asia/Shanghai", "independent")
    return Opened(await open_store(new, Wishes(contact_email=email), owner_login=owner), password)


async def _owner(email: str, name: str) -> tuple[UUID, str]:
    password = secrets.token_urlsafe(12)
    try:
        owner = await identity.register(identity.MERCHANT, name=name, email=email, password=password, locale="zh-Hans")
    except identity.EmailTaken:
        return await identity.find_account(identity.MERCHANT, email), ""
    return owner, password


async def furnish(tenant: tenants.Tenant, wishes: Wishes) -> None:
    """First rows of a store: its profile, a warehouse and a payment account of its own. Safe to repeat."""
    with tenants.bind(tenant):
        async with tenants.transaction():
            await _write_profile(tenant, wishes)
            await _add_warehouse(tenant)
            await _add_payment_account(tenant)
            await outbox.post("payments.register_account", queue="critical", key="register:payments")
            await outbox.post("fulfillment.register_warehouse", queue="critical", key="register:warehouse")


async def _write_profile(tenant: tenants.Tenant, wishes: Wishes) -> None:
    await tenants.connection().execute(
        "INSERT INTO store_profile (id, name, tagline, locale, currency, time_zone, selling_mode, contact_email, look,"
        " updated_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (only_one) DO NOTHING",
        new_id(), tenant.name, wishes.tagline, tenant.locale, tenant.currency, tenant.time_zone, tenant.selling_mode,
        wishes.contact_email, msgspec.json.encode(wishes.look or {}).decode(), now(),
    )  # fmt: skip


async def _add_warehouse(tenant: tenants.Tenant) -> None:
    """The built-in simulator, so that the merchant can rehearse before connecting a real cloud warehouse."""
    if await tenants.connection().fetchval("SELECT 1 FROM warehouse"):
        return
    await tenants.connection().execute(
        "INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, carrier_salt_sealed, is_default,"
        " created_at) VALUES ($1, 'Cloud warehouse', 'jushuitan', $2, $3, $4, $5, true, $6)",
        new_id(), f"http://127.0.0.1:{settings().simulator_port}", tenant.id.hex,
        _sealed(tenant.id, "warehouse"), _sealed(tenant.id, "carrier"), now(),
    )  # fmt: skip


async def _add_payment_account(tenant: tenants.Tenant) -> None:
    await tenants.connection().execute(
        "INSERT INTO payment_account (id, provider, merchant_id, secret_sealed, base_url, created_at)"
        " VALUES ($1, 'sandbox', $2, $3, $4, $5) ON CONFLICT (provider) DO NOTHING",
        new_id(), tenant.id.hex, _sealed(tenant.id, "payments"),
        f"http://127.0.0.1:{settings().sandbox_port}", now(),
    )  # fmt: skip


def _sealed(tenant_id: UUID, purpose: str) -> str:
    """A fresh secret of the store, readable only with the platform's key and this store's id."""
    return crypto.seal(secrets.token_hex(24).encode(), tenant_id=tenant_id, purpose=purpose)
