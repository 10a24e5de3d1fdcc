"""Running campaigns as cards of the shop window, and the line on the page of a product that one of them offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants
from app import group_buying
from app.flows.campaign_offer import Offer, offers_of
from app.flows.campaign_words import first_item, next_step, reason

MOST = 8


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """`ships_at` is a pre-sale's day.

    `group` is what a product card shows of a group: how far it is, until when, what the next step costs.
    """

    href: str
    kind: str
    title: str
    image_key: str | None
    amount: int
    list_amount: int
    reason: str
    ends_at: datetime | None
    group: dict[str, Any]
    ships_at: datetime | None = None


async def running_cards() -> list[CampaignCard]:
    """What can be joined now, the one that ends first in front."""
    return [card for offer in await offers_of(await group_buying.running(MOST)) if (card := card_of(offer))]


async def cards_with(product: UUID) -> list[CampaignCard]:
    """The campaigns that offer this product now."""
    return [card for offer in await offers_of(await group_buying.running_with(product)) if (card := card_of(offer))]


def card_of(offer: Offer) -> CampaignCard | None:
    """None when it offers nothing at the moment."""
    item, campaign = first_item(offer), offer.campaign
    if item is None:
        return None
    group: dict[str, Any] = {"ends_at": campaign.ends_at, "taken": offer.count, "goal": 0, "next_amount": None}
    if step := next_step(offer):
        group |= {"goal": offer.count + step[0], "next_amount": step[1]}
    return CampaignCard(
        f"/campaigns/{campaign.code}", campaign.kind, campaign.title, campaign.cover_key or item.image_key,
        offer.price_of(item.variant) or 0, item.list_amount, reason(offer, tenants.current().currency),
        campaign.ends_at, group, getattr(campaign.terms, "ships_at", None),
    )  # fmt: skip
