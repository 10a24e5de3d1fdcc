"""The merchant says which promoter a platform's sharer is, or which goods its code means: once, for all lines.

The audit log comes first. What is already in the books moves with it, exactly, when the lines are looked at.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import external_sales, promoters
from app.flows.merchant_acts import Actor, record_act
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from tenants import outbox

SETTLE = "external_sales.settle"


async def say_who(sharer_id: UUID, promoter_id: UUID, *, actor: Actor) -> int:
    """How many lines it changes. Raises NotFound, InvalidInput for somebody who may not earn."""
    async with tenants.transaction():
        promoter = await promoters.find(promoter_id)
    if promoter.status != "approved":
        raise InvalidInput({"promoter": N_("Only approved promoters earn.")})
    await record_act(actor, "external_sales.say_who", str(sharer_id), "", {"promoter": str(promoter_id)})
    async with tenants.transaction():
        lines = await external_sales.map_sharer(sharer_id, promoter_id, by=actor.name)
        await outbox.post(SETTLE, key=SETTLE)
    return lines


async def say_what(platform: str, sku_code: str, variant_id: UUID, *, actor: Actor) -> int:
    """How many lines it changes. Raises InvalidInput."""
    if platform not in external_sales.PLATFORMS or not sku_code:
        raise InvalidInput({"sku_code": N_("Choose one of these.")})
    subject = f"{platform}:{sku_code}"
    await record_act(actor, "external_sales.say_what", subject, "", {"variant": str(variant_id)})
    async with tenants.transaction():
        lines = await external_sales.match_good(platform, sku_code, variant_id, by=actor.name)
        await outbox.post(SETTLE, key=SETTLE)
    return lines
