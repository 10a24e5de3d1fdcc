"""A second leader helps to sell: a chain order is copied under the helper's name, as a draft to look at and publish.

One transaction. The copy sells the same goods, not below the supply price, until the list it copies ends; what both
leaders get of each line is written down now. A copy cannot be copied, so there are two levels and no third.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from uuid import UUID

import msgspec

import tenants
from app import group_buying, promoters
from app.flows import chain_copies
from app.group_buying import Campaign, CampaignDraft, ChainTerms, ItemDraft
from tenants import states

MINE = "SELECT id FROM campaign WHERE supply = $1 AND leader = $2 AND status IN ('draft', 'scheduled', 'open') LIMIT 1"


async def copy_campaign(
    supply_id: UUID, promoter_id: UUID, prices: Mapping[UUID, int], *, title: str, share_text: str, actor: str
) -> UUID:
    """The copy. `prices` by variant; a variant without one is sold at the supplying campaign's price.

    Raises NotFound, NoThirdLevel, NotToCopy, NotALeader, InvalidInput.
    """
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        supply, helper = await group_buying.lock(supply_id), await promoters.find(promoter_id)
        if not helper.leads:
            raise promoters.NotALeader
        await _require_open_for(supply, helper.id)
        items = [
            ItemDraft(item.variant, prices.get(item.variant, item.price_amount))
            for item in await group_buying.items_of(supply.id)
            if item.active
        ]
        terms = msgspec.structs.replace(cast(ChainTerms, supply.terms), help_sell=False)
        draft = CampaignDraft(
            kind=supply.kind, title=title or supply.title, terms=terms, items=items,
            share_text=share_text or supply.share_text, story=supply.story, cover_key=supply.cover_key,
            ends_at=supply.ends_at, audience=supply.audience, person_limit=supply.person_limit,
            takes_coupons=supply.takes_coupons, leader=helper.id, supply=supply.id,
        )  # fmt: skip
        return await group_buying.save(await chain_copies.bound(draft, supply), None, actor=actor)


async def _require_open_for(supply: Campaign, helper: UUID) -> None:
    if supply.supply is not None:
        raise group_buying.chains.NoThirdLevel
    offered = isinstance(supply.terms, ChainTerms) and supply.terms.help_sell and supply.is_running()
    copied = await tenants.connection().fetchval(MINE, supply.id, helper)
    if not offered or supply.leader == helper or copied:
        raise group_buying.chains.NotToCopy
