"""The store's own profile: read on every page, so it is kept in process for as long as its version stands."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.money import LARGEST_AMOUNT
from tenants import Tenant, scope


class Profile(msgspec.Struct, frozen=True):
    """Who the store is to its shoppers. `version` changes whenever anything a shopper can see changes."""

    name: str
    tagline: str
    locale: str
    currency: str
    time_zone: str
    selling_mode: str
    contact_email: str
    look: dict[str, Any]
    logo_key: str | None
    hero_key: str | None
    hero_kicker: str
    hero_title: str
    hero_text: str
    hero_path: str
    freight_amount: int
    free_freight_from_amount: int | None
    default_commission_bps: int
    click_window_days: int
    payment_minutes: int
    tax_mode: str
    tax_bps: int
    tax_name: str
    tax_on_freight: bool
    version: int
    updated_at: datetime


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings page changes."""

    name: str
    tagline: str
    contact_email: str
    freight_amount: int
    free_freight_from_amount: int | None
    payment_minutes: int
    default_commission_bps: int
    click_window_days: int


_COLUMNS = (
    "name, tagline, locale, currency, time_zone, selling_mode, contact_email, look, logo_key, hero_key, hero_kicker,"
    " hero_title, hero_text, hero_path, freight_amount, free_freight_from_amount, default_commission_bps,"
    " click_window_days, payment_minutes, tax_mode, tax_bps, tax_name, tax_on_freight, version, updated_at"
)
# Another process may change the profile; a page may be this late about it, as a cached page may anyway.
FRESH_SECONDS = 1.0
_kept: dict[UUID, tuple[float, Profile]] = {}


async def profile() -> Profile:
    """The bound store's profile. Opens a transaction when none is open and the kept copy is not fresh.

    Only one visitor reads it anew; to all who come meanwhile the old copy is good for that moment more, or every
    second a crowd would queue for the same row.
    """
    tenant = tenants.current()
    kept = _kept.get(tenant.id)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    if kept:
        _kept[tenant.id] = (time.monotonic() + FRESH_SECONDS, kept[1])
    if scope.in_transaction():
        return await read_profile()
    async with tenants.transaction():
        return await read_profile()


def last_read(tenant: Tenant) -> Profile | None:
    """The profile as this process read it last, however old: for pages that cannot wait, such as a wrong address."""
    kept = _kept.get(tenant.id)
    return kept[1] if kept else None


async def read_profile() -> Profile:
    """The profile afresh, inside the open transaction; what was just written is not kept before it is committed."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM store_profile")  # noqa: S608 - constant names
    if row is None:
        raise NotFound
    found = Profile(**dict(row) | {"look": msgspec.json.decode(row["look"])})
    if len(_kept) > 5_000:
        _kept.clear()
    _kept[tenants.current().id] = (time.monotonic() + FRESH_SECONDS, found)
    return found


async def touch() -> None:
    """Something shoppers see has changed: pages kept anywhere under the old version are never shown again."""
    await tenants.connection().execute("UPDATE store_profile SET version = version + 1, updated_at = $1", now())
    forget()


def forget() -> None:
    """Drop this process's kept copy of the bound store."""
    forget_id(tenants.current().id)


def forget_id(tenant_id: UUID) -> None:
    _kept.pop(tenant_id, None)


def check_terms(terms: Terms) -> None:
    """Raises InvalidInput naming the fields."""
    wrong: dict[str, str] = {}
    if not terms.name:
        wrong["name"] = "The store needs a name."
    if terms.contact_email and "@" not in terms.contact_email:
        wrong["contact_email"] = "This is not an e-mail address."
    if not 0 <= terms.freight_amount <= LARGEST_AMOUNT:
        wrong["freight_amount"] = "Enter an amount like 43.90."
    if not 5 <= terms.payment_minutes <= 1_440:
        wrong["payment_minutes"] = "Between 5 minutes and a day."
    if not 0 <= terms.default_commission_bps <= 5_000:
        wrong["default_commission_bps"] = "Between 0 and 50 percent."
    if not 1 <= terms.click_window_days <= 365:
        wrong["click_window_days"] = "Between 1 and 365 days."
    if wrong:
        raise InvalidInput(wrong)


async def change_terms(terms: Terms) -> None:
    """Freight, payment time, commission and names. Running orders keep what they were placed with."""
    check_terms(terms)
    await tenants.connection().execute(
        "UPDATE store_profile SET name = $1, tagline = $2, contact_email = $3, freight_amount = $4,"
        " free_freight_from_amount = $5, payment_minutes = $6, default_commission_bps = $7, click_window_days = $8,"
        " version = version + 1, updated_at = $9",
        *msgspec.structs.astuple(terms), now(),
    )  # fmt: skip
    forget()
