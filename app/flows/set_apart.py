"""The merchant sets units apart for a campaign, a host or a channel, and calls in what they do not sell.

One transaction each, stock last, with the shop window's new version: others cannot sell these units any more.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import inventory, suppliers
from app.flows.change_stock import changing
from app.inventory import Quota, QuotaKind
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_

# Whom units can be set apart for, as long as they sell at all.
SELLERS = """
SELECT 'campaign' AS kind, id, title AS name FROM campaign WHERE status IN ('draft', 'scheduled', 'open')
UNION ALL SELECT 'promoter', id, name FROM promoter WHERE status = 'approved'
UNION ALL SELECT 'channel', id, name FROM channel WHERE status = 'active'
ORDER BY kind, name LIMIT 1000
"""
_IS_SELLER = f"SELECT 1 FROM ({SELLERS}) AS seller WHERE kind = $1 AND id = $2"  # noqa: S608 - a constant
_TITLE = "SELECT product.title FROM product JOIN variant ON variant.product = product.id WHERE variant.id = $1"


async def give_quota(
    kind: QuotaKind, subject: UUID, sku: str, units: int, *, falls_back: bool, note: str, by: str
) -> None:
    """Raises InvalidInput, QuotaExists, NotEnoughStock."""
    async with changing():
        if not await tenants.connection().fetchval(_IS_SELLER, kind, subject):
            raise InvalidInput({"whom": N_("Choose one of the offered values.")})
        known = (await suppliers.variants_by_sku([sku])).get(sku, [])
        if len(known) != 1:
            raise InvalidInput({"sku": N_("No goods of yours have this SKU.")})
        title = await tenants.connection().fetchval(_TITLE, known[0])
        await inventory.give_quota(kind, subject, known[0], units, falls_back=falls_back, note=note, title=title, by=by)


async def change_quota(quota_id: UUID, units: int, *, falls_back: bool) -> None:
    """Raises NotFound, BelowSold, NotEnoughStock."""
    async with changing():
        variant = await tenants.connection().fetchval("SELECT variant FROM stock_quota WHERE id = $1", quota_id)
        if variant is None:
            raise NotFound
        title = await tenants.connection().fetchval(_TITLE, variant)
        await inventory.change_quota(quota_id, units, falls_back=falls_back, title=title)


async def call_in_quota(quota_id: UUID, *, by: str) -> None:
    """Raises NotFound."""
    async with changing():
        await inventory.call_in_quota(quota_id, by=by)


async def named(found: list[Quota]) -> dict[UUID, str]:
    """Who the quotas are for, by subject; also those who do not sell any more."""
    rows = await tenants.connection().fetch(
        "SELECT id, title AS name FROM campaign WHERE id = ANY($1::uuid[])"
        " UNION ALL SELECT id, name FROM promoter WHERE id = ANY($1::uuid[])"
        " UNION ALL SELECT id, name FROM channel WHERE id = ANY($1::uuid[])",
        [quota.subject for quota in found],
    )
    return {row["id"]: row["name"] for row in rows}
