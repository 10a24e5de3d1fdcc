"""Somebody takes a leader's list away: it is written down first, then prepared.

Two transactions: the audit log belongs to the platform and comes first, so there is no export nobody knows of.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying
from app.group_buying import Export
from tenants import audit, outbox, platform


async def ask_leader_export(
    campaign_id: UUID, kind: str, *, actor: tuple[str, UUID, str], promoter: UUID | None, personal: bool, locale: str
) -> Export:
    """`actor` is realm, id and name of whoever asks; phone numbers are whole only with `personal`, for the merchant."""
    realm, actor_id, name = actor
    whole = personal and promoter is None
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind=realm, actor_id=actor_id, actor_name=name, action="group_buying.export",
            tenant=tenants.current().id, subject=str(campaign_id),
            details={"kind": kind, "phones": "whole" if whole else "masked"},
        )  # fmt: skip
    async with tenants.transaction():
        export = await group_buying.exports.ask(
            campaign_id, kind, promoter=promoter, asked_by=name, personal=whole, locale=locale
        )
        if export.status == "queued":
            await outbox.post("group_buying.export", key=f"export:{export.id}", export_id=export.id)
    return export
