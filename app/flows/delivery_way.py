"""How an order reaches its customer where no carrier brings it: at a pickup point, or through its leader. No journey.

Read by the order's pages and its papers, of every face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from app import group_buying, pickups
from app.group_buying import ChainTerms
from app.kernel.i18n import N_
from app.orders import Order
from app.pickups import Pickup

WORDS = {"point": N_("Collected at a pickup point"), **group_buying.words.DELIVERIES}
TITLES = {"point": N_("Pick up at"), "pickup": N_("Pick up at"), "local": N_("Brought around to")}


@dataclass(frozen=True, slots=True)
class Way:
    """`name` is the point's, or that of the list whose leader hands out. Words are English, translated when shown."""

    how: Literal["point", "pickup", "local"]
    name: str
    pickup: Pickup

    @property
    def words(self) -> str:
        return WORDS[self.how]

    @property
    def title(self) -> str:
        """What stands above the address."""
        return TITLES[self.how]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to come for it."""
        return self.pickup.status in ("waiting", "arrived", "overdue")


async def way_of(order: Order) -> Way | None:
    """None when it comes as a parcel.

    How a list hands out does not change once it is published, so it is the same for all its orders.
    """
    pickup = await pickups.pickup_of(order.id) if order.campaign else None
    if pickup is None:
        return None
    if pickup.point is not None:
        return Way("point", (await pickups.find_point(pickup.point)).name, pickup)
    campaign = await group_buying.find(pickup.campaign)
    local = cast(ChainTerms, campaign.terms).delivery == "local"
    return Way("local" if local else "pickup", campaign.title, pickup)
