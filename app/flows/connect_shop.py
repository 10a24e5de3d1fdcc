"""The merchant connects a shop on a platform. Its secrets are written only, never shown."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import external_sales
from app.flows.merchant_acts import Actor, record_act
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from infra import wiring
from infra.marketplace.adapters import PLATFORMS
from tenants import outbox

LONGEST = 500
NEEDED = N_("This is needed.")
FIELDS: Mapping[str, tuple[str, ...]] = {platform: known.asks for platform, known in PLATFORMS.items()}


async def connect_shop(platform: str, name: str, typed: Mapping[str, str], *, actor: Actor) -> UUID:
    """Its orders are read at once. Raises InvalidInput, ShopKnown."""
    known = PLATFORMS.get(platform)
    if known is None:
        raise InvalidInput({"platform": N_("Choose one of these.")})
    said = {field: typed.get(field, "").strip()[:LONGEST] for field in known.asks}
    wrong = {field: NEEDED for field, text in said.items() if not text} | ({} if name.strip() else {"name": NEEDED})
    if wrong:
        raise InvalidInput(wrong)
    shop_id, store = new_id(), tenants.current()
    await record_act(actor, "external_sales.connect_shop", str(shop_id), "", {"platform": platform})
    async with tenants.transaction():
        await external_sales.connect_shop(
            shop_id, platform=platform, name=name.strip()[:80], shop_ref=said[known.ref],
            base_url=known.address, credentials_sealed=wiring.OF_SHOPS.seal(said, tenant_id=store.id, row_id=shop_id),
        )  # fmt: skip
        await outbox.post(
            "external_sales.pull", queue="bulk", key=f"external_sales.pull:{shop_id}", shop_id=str(shop_id)
        )
    return shop_id
