"""The store as every page of it shows it: name, logo, theme address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.store.profile import Profile, forget_id, last_read, profile
from tenants import Tenant, lifecycle


class StoreOnPage(Profile, frozen=True, kw_only=True):
    """The profile with its addresses."""

    slug: str

    @property
    def logo_url(self) -> str | None:
        return f"/media/{self.logo_key}" if self.logo_key else None

    @property
    def hero_url(self) -> str | None:
        return f"/media/{self.hero_key}" if self.hero_key else None

    @property
    def theme_url(self) -> str:
        return f"/theme/{self.version}.css"


async def profile_for_page(tenant: Tenant) -> StoreOnPage:
    """Read before the page's own transaction opens; from memory when it was read a moment ago."""
    with tenants.bind(tenant):
        found = await profile()
    return _on_page(tenant, found)


def last_on_page(tenant: Tenant) -> StoreOnPage | None:
    """The same without asking the database; none when this process has not met the store yet."""
    found = last_read(tenant)
    return _on_page(tenant, found) if found else None


def _on_page(tenant: Tenant, found: Profile) -> StoreOnPage:
    facts: dict[str, Any] = {**msgspec.structs.asdict(found), "slug": tenant.slug}
    return StoreOnPage(**facts)


async def announce(tenant: Tenant) -> None:
    """Tell every process to forget what it kept of this store; after the commit that changed it."""
    forget_store(tenant.id)
    await lifecycle.announce(tenant.id)


def forget_store(tenant_id: UUID) -> None:
    """Drop what this process keeps of one store; called when a change is announced."""
    forget_id(tenant_id)
