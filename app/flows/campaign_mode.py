"""What is special about a kind of campaign, at the moments every campaign has. Not journeys of their own.

Every step runs inside the caller's transaction, with the order's row locked where there is one. The common part (quota,
limits, numbers, counts) is done by the caller; a mode adds what its kind needs: a seat in a team, a pickup code, a
deposit. Locks are taken in this order: order, payments, persons, teams, items, campaign, stock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app import group_buying, orders
from app.group_buying import Campaign, CampaignDraft, Item, Participation


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything goes that is ordered this way, whoever buys it; `free`: whatever delivery costs elsewhere.

    `asks_street`: it is brought around in a neighborhood, so each shopper says where in it.
    """

    id: UUID
    name: str
    address: Mapping[str, str]
    free: bool
    opening_hours: str = ""
    asks_street: bool = False


def units_in(lines: Iterable[orders.NewLine | orders.Line]) -> Counter[UUID]:
    """How many of each variant were bought; gifts are none of it."""
    units: Counter[UUID] = Counter()
    for line in lines:
        if line.gift is None:
            units[line.variant] += line.quantity
    return units


class Mode:
    """A campaign without anything special: a flash sale. Others override what they need."""

    patience = timedelta(seconds=30)  # until it is asked again whether everything in it has ended
    looks_at_what_is_left = False  # in `taken`: then the order's units are taken before it

    def sources(self, campaign: Campaign) -> tuple[UUID, ...]:
        """The campaigns whose units an order takes, in the order in which they are locked."""
        return (campaign.id,)

    async def offered(self, campaign: Campaign, items: Mapping[UUID, Item]) -> Mapping[UUID, Item]:
        """What of the items is there for this campaign's shoppers."""
        return items

    def price_of(self, campaign: Campaign, choices: Mapping[str, Any], amount: int) -> int:
        """What one unit costs whoever chose this; `amount` is the price of the item at this moment."""
        return amount

    def price_of_item(self, campaign: Campaign, choices: Mapping[str, Any], variant: UUID, amount: int) -> int:
        """The same where the goods matter too."""
        return self.price_of(campaign, choices, amount)

    async def finish_draft(self, draft: CampaignDraft, known: Campaign | None) -> CampaignDraft:
        """The draft as it is written down, with what follows from the kind's own rules. Raises InvalidInput."""
        return draft

    async def place(self, campaign: Campaign, choices: Mapping[str, Any]) -> Place | None:
        """Where the shopper gets it from somebody's hands; None when it is sent to an address of the shopper's."""
        return None

    def time_to_pay(self, campaign: Campaign, usual: timedelta) -> timedelta:
        """How long an order that is placed now may stay unpaid."""
        return usual

    async def is_open_late(self, campaign: Campaign, choices: Mapping[str, Any]) -> bool:
        """Whether it can be joined this way although the campaign's own time is over."""
        return False

    async def check_joining(self, campaign: Campaign, choices: Mapping[str, Any], units: Mapping[UUID, int]) -> None:
        """What a shopper chose beside goods, when the cart is filled. Raises a Refusal."""

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        """The order was written: hold what is scarce. Raises a Refusal; then nothing is kept."""

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """The order is paid. True when it may ship at once."""
        return campaign.terms.ships == "at_once"

    async def taken(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """It is taken, and gets its number with COMMIT: what follows of that."""

    async def paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """The last part of the price is there, or the order is trusted with cash. May be told twice."""

    async def deposit_paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """A part of the price is there, and it is all that was asked for now. True when that is worth a seat."""
        return False

    async def forfeit(self, order: orders.Order, campaign: Campaign, one: Participation) -> int:
        """Whoever ordered lets it fall before it is paid in full. How much of what they paid the store keeps."""
        return 0

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """The order fell away: give back what `hold` or `take` took."""

    async def over_because(self, campaign: Campaign) -> str:
        """Why it must end although its own time is not over: an event's cause, or nothing."""
        return ""

    async def close(self, campaign: Campaign) -> None:
        """Nobody can join any more. Ask for the jobs that end what is unfinished."""

    async def new_end(self, campaign: Campaign) -> datetime | None:
        """Its time is over: a later end, if the kind's rules say that it goes on."""
        return None

    async def settle(self, campaign: Campaign) -> bool:
        """Nobody can pay any more either. True when nothing is left to do; else it is asked again a little later."""
        return not await group_buying.waiting_orders(campaign.id)
