"""What a merchant user does by hand goes to the audit log, before it happens. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

import tenants
from tenants import audit, platform


class Actor(msgspec.Struct, frozen=True):
    """Which merchant user acts."""

    id: UUID
    name: str


async def record_act(actor: Actor, action: str, subject: str, reason: str, details: Mapping[str, object]) -> None:
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=actor.id, actor_name=actor.name, action=action,
            tenant=tenants.current().id, subject=subject, reason=reason, details=dict(details),
        )  # fmt: skip
