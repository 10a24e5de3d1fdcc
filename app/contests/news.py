"""Whoever watches a contest of this store is told to look again; the data never travels with it."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.kernel.events import publish


def channel(tenant_id: UUID) -> str:
    """Where the nudges of one store's contests come through."""
    return f"contests:{tenant_id}"


async def tell_watchers() -> None:
    """Something that may count has happened. Failing is allowed."""
    await publish(channel(tenants.current().id), "changed")
