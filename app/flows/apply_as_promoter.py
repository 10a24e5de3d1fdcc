"""A host asks to sell for a store.

Two short transactions, because the person belongs to the platform and the application to the store: note where they
asked, then ask. Both can be repeated; a crash in between is mended by asking again.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import promoters
from app.kernel.errors import NotFound
from tenants import directory, states
from tenants.errors import UnknownStore


async def apply_as_promoter(login_id: UUID, slug: str, *, note: str = "") -> promoters.Promoter:
    """The promoter's row in the store, pending until the merchant decides. Raises UnknownStore, StoreClosed."""
    tenant = await directory.find_by_slug(slug.strip().lower())
    if tenant is None or tenant.status in ("provisioning", "deleted"):
        raise UnknownStore
    states.require(tenant, "invite")
    login = await promoters.login_by_id(login_id)
    if login is None:
        raise NotFound
    await promoters.note_membership(login.id, tenant.id)
    with tenants.bind(tenant):
        async with tenants.transaction():
            rate_bps = await tenants.connection().fetchval("SELECT default_commission_bps FROM store_profile")
            return await promoters.apply(
                login.id, login.name, login.email, rate_bps=rate_bps, kinds=["host", "sharer"], note=note
            )
