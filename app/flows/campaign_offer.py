"""What a campaign asks for the goods in a cart that joins it. Read with the cart; not a journey of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import group_buying
from app.flows.campaign_mode import Place
from app.flows.campaign_modes import mode_of
from app.group_buying import Campaign, Item


@dataclass(frozen=True, slots=True)
class Offer:
    """The campaign at this moment, its items by variant, and what the shopper chose beside goods.

    `late`: it can be joined with these choices although its own time is over. `place`: it is picked up there.
    """

    campaign: Campaign
    items: Mapping[UUID, Item]
    choices: Mapping[str, Any]
    late: bool = False
    place: Place | None = None

    @property
    def is_open(self) -> bool:
        """Whether one can join with these choices now."""
        return self.late or self.campaign.is_running()

    @property
    def count(self) -> int:
        """What a ladder climbs by: paid units, or people."""
        by_people = getattr(self.campaign.terms, "counts", "units") == "people"
        return self.campaign.taken_people if by_people else self.campaign.taken_units

    def price_of(self, variant: UUID) -> int | None:
        """What one unit costs in the campaign now; None for what it does not offer."""
        item = self.items.get(variant)
        if item is None or not item.active:
            return None
        amount = item.price_at(self.count)
        return mode_of(self.campaign).price_of_item(self.campaign, self.choices, variant, amount)

    def left_of(self, variant: UUID) -> int | None:
        """Units the quota still has; None for no limit."""
        item = self.items.get(variant)
        return item.left if item else 0

    def has_left(self, units: Mapping[UUID, int]) -> bool:
        """Whether so many of each could be had when this was read."""
        return all((left := self.left_of(variant)) is None or left >= count for variant, count in units.items())


# A scalar of the row `cart`: nothing for one that joins no campaign.
OFFER = f"(SELECT {group_buying.WHOLE} FROM campaign WHERE campaign.id = cart.campaign)"  # noqa: S608 - constants only
NO_CHOICES: Mapping[str, Any] = {}


async def offer_of(campaign_id: UUID, choices: Mapping[str, Any] = NO_CHOICES) -> Offer:
    """One round trip, if the kind needs none of its own. Raises NotFound."""
    return await _offer(await group_buying.find_whole(campaign_id), choices)


async def offer_by_code(code: str, choices: Mapping[str, Any] = NO_CHOICES) -> Offer:
    """The same by the code in the campaign's address. Raises NotFound."""
    return await _offer(await group_buying.find_whole_by_code(code), choices)


async def offer_in_cart(offer_json: str, joining: str) -> Offer:
    """What OFFER read; `joining` is what the cart keeps of the choices."""
    return await _offer(group_buying.read_whole(offer_json), msgspec.json.decode(joining))


async def _offer(whole: group_buying.Whole, choices: Mapping[str, Any]) -> Offer:
    campaign, mode = whole.campaign, mode_of(whole.campaign)
    late = not campaign.is_running() and await mode.is_open_late(campaign, choices)
    place = await mode.place(campaign, choices)
    offered = await mode.offered(campaign, {item.variant: item for item in whole.items})
    return Offer(campaign, offered, choices, late, place)


async def offers_of(campaigns: Sequence[Campaign]) -> list[Offer]:
    """Several campaigns as a stranger sees them, in one round trip for what they offer."""
    if not campaigns:
        return []
    items = await group_buying.items_of_each([campaign.id for campaign in campaigns])
    return [
        Offer(
            campaign,
            await mode_of(campaign).offered(campaign, {item.variant: item for item in items[campaign.id]}),
            {},
        )
        for campaign in campaigns
    ]


IS_MEMBER = """
SELECT EXISTS (SELECT 1 FROM member_grant WHERE customer = $1 AND (until IS NULL OR until > now()))
    OR EXISTS (SELECT 1 FROM member_level AS level WHERE level.threshold_amount <= (
        SELECT coalesce(sum(paid_amount - refunded_amount), 0) FROM orders
        WHERE customer = $1 AND paid_at > now() - interval '365 days'))
"""
HAS_BOUGHT = "SELECT EXISTS (SELECT 1 FROM orders WHERE customer = $1 AND paid_at IS NOT NULL)"


async def require_audience(campaign: Campaign, customer: UUID | None) -> None:
    """Raises NotForYou. Whoever is not signed in belongs to no chosen circle."""
    if campaign.audience == "everyone":
        return
    database = tenants.connection()
    allowed = customer is not None and (
        await database.fetchval(IS_MEMBER, customer)
        if campaign.audience == "members"
        else not await database.fetchval(HAS_BOUGHT, customer)
    )
    if not allowed:
        raise group_buying.NotForYou
