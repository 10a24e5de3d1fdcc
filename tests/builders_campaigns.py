"""Campaigns and people who take part in them, for tests, with good defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import group_buying
from app.flows.join_campaign import join_campaign
from app.flows.place_order import Placed, place_order
from app.flows.run_campaign import publish_campaign, save_campaign
from app.flows.settle_payment import settle_payment
from app.group_buying import Campaign, CampaignDraft, ItemDraft, Kind, Participation
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_selling as selling
from tests.builders_selling import Offer

NOBODY: Mapping[str, Any] = {}


async def campaign(
    *offers: Offer,
    kind: Kind = "flash_sale",
    price: int = 2990,
    quota: int | None = None,
    hours: float = 24,
    publish: bool = True,
    terms: Mapping[str, Any] = NOBODY,
    **facts: Any,
) -> Campaign:
    """A running campaign over these products (or one with plenty of stock), each at `price`."""
    offers = offers or (await selling.offer(stock=1000),)
    items = facts.pop("items", None) or [ItemDraft(each.variant, price, quota) for each in offers]
    draft = CampaignDraft(
        kind=kind, title=facts.pop("title", "Peaches together"), terms=group_buying.terms_of(kind, dict(terms)),
        items=items, ends_at=now() + timedelta(hours=hours), **facts,
    )  # fmt: skip
    saved = await save_campaign(draft, None, actor="owner")
    if publish:
        await publish_campaign(saved, actor="owner")
    return await look(saved)


async def look(campaign_id: UUID) -> Campaign:
    async with tenants.transaction():
        return await group_buying.find(campaign_id)


async def participation(order_id: UUID) -> Participation:
    async with tenants.transaction():
        return await group_buying.participation_of(order_id)


async def item(campaign_id: UUID) -> group_buying.Item:
    """The only item of a campaign."""
    async with tenants.transaction():
        (found,) = await group_buying.items_of(campaign_id)
    return found


async def join(
    of: Campaign,
    *,
    units: int = 1,
    choices: Mapping[str, Any] = NOBODY,
    phone: str = "",
    visitor: UUID | None = None,
    **facts: object,
) -> Placed:
    """A placed order of the campaign's first item, not paid yet; by somebody new unless a phone is named.

    `facts` are what else the checkout says.
    """
    visitor = visitor or new_id()
    async with tenants.transaction():
        first = (await group_buying.items_of(of.id))[0]
    cart = await join_campaign(of.code, visitor, {first.variant: units}, choices, customer_id=None)
    phone = phone or f"139{new_id().int % 10**8:08d}"
    return await place_order(cart, visitor, selling.checkout(phone=phone, email=f"{phone}@example.test", **facts))


async def pay(placed: Placed) -> str:
    """The provider says that it is paid; answers what that meant."""
    return await settle_payment(
        selling.notice(selling.captured(await selling.open_payment(placed.order_id))), body="{}"
    )


async def join_and_pay(of: Campaign, **facts: Any) -> Placed:
    placed = await join(of, **facts)
    await pay(placed)
    return placed


async def end(campaign_id: UUID) -> None:
    """As if its time were over."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET starts_at = NULL, ends_at = $2 WHERE id = $1",
            campaign_id,
            now() - timedelta(seconds=1),
        )
