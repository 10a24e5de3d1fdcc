"""Leaders, chain orders and copies of them, for tests, with good defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants
from app import promoters
from app.flows.copy_campaign import copy_campaign
from app.flows.run_campaign import publish_campaign
from app.group_buying import Campaign, ItemDraft, Shares
from tests import builders_campaigns as campaigns
from tests import builders_earning as earning
from tests import builders_selling as selling
from tests.builders_selling import Offer

NO_TERMS: Mapping[str, Any] = {}
NO_PRICES: Mapping[UUID, int] = {}


async def leader(name: str = "Lin", **facts: Any) -> promoters.Promoter:
    made = await earning.promoter(name=name, **facts)
    async with tenants.transaction():
        await promoters.set_leader(made.id, leads=True)
        return await promoters.find(made.id)


async def chain(
    led_by: promoters.Promoter | None = None,
    *,
    price: int = 3000,
    quota: int | None = None,
    shares: Shares | None = None,
    help_sell: bool = True,
    terms: Mapping[str, Any] = NO_TERMS,
    offer: Offer | None = None,
    **facts: Any,
) -> Campaign:
    """A running chain of one product; its leader gets 10% and passes 6% on to whoever helps."""
    led_by = led_by or await leader()
    offer = offer or await selling.offer(stock=1000)
    shares = shares or Shares(leader_bps=1000, help_bps=600)
    return await campaigns.campaign(
        kind="chain_campaign", items=[ItemDraft(offer.variant, price, quota, shares=shares)], leader=led_by.id,
        terms={"help_sell": help_sell, **terms}, **facts,
    )  # fmt: skip


async def copy(
    supply: Campaign, helper: promoters.Promoter | None = None, *, prices: Mapping[UUID, int] = NO_PRICES
) -> Campaign:
    """A published copy of another leader."""
    helper = helper or await leader("Zhou")
    made = await copy_campaign(supply.id, helper.id, prices, title="", share_text="", actor=helper.name)
    await publish_campaign(made, actor=helper.name)
    return await campaigns.look(made)
