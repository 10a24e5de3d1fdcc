"""Community group buys 社区团购: a list with a cut-off, and a pickup point per order.

Nothing ships before the cut-off. Once nobody can pay any more what is paid is counted, point by point, and each point's
orders are confirmed, or refunded because too few came together. The count is written down before the first job is
asked for, so a cut-off that was interrupted goes on by the same decision although refunds have changed the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import orders, pickups
from app.flows.campaign_mode import Mode, Place
from app.group_buying import Campaign, CommunityTerms, Participation
from app.kernel.clock import now
from tenants import outbox
from tenants.outbox import Wish

BELOW_MINIMUM = "group_buying.below_minimum"


class CommunityMode(Mode):
    async def place(self, campaign: Campaign, choices: Mapping[str, Any]) -> Place | None:
        point = await _point(campaign, choices)
        if point is None:
            return None
        free = terms_of(campaign).freight == "free"
        return Place(point.id, point.name, point.address, free, point.opening_hours)

    def time_to_pay(self, campaign: Campaign, usual: timedelta) -> timedelta:
        """Nobody pays later than the grace after the cut-off; what still arrives goes back."""
        if campaign.ends_at is None:
            return usual
        return min(usual, max(campaign.ends_at - now(), timedelta(0)) + terms_of(campaign).grace)

    async def check_joining(self, campaign: Campaign, choices: Mapping[str, Any], units: Mapping[UUID, int]) -> None:
        await _require_point(campaign, choices)

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        point, terms = await _require_point(campaign, choices), terms_of(campaign)
        await pickups.write(
            order.id, campaign.id, point.id, point.leader, pickup_bps=min(terms.pickup_bps, terms.cap_bps),
            cap_bps=terms.cap_bps, overdue_days=terms.overdue_days,
        )  # fmt: skip

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        return False

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        await pickups.cancel(order.id)

    async def settle(self, campaign: Campaign) -> bool:
        """Decide once, then one job per order, point by point."""
        waiting = await pickups.waiting_of(campaign.id)
        await _decide(campaign, waiting)
        verdicts = await pickups.verdicts_of(campaign.id)
        await outbox.post_all(
            *(_job(order_id, verdicts[point.point]) for point in waiting for order_id in point.orders)
        )
        return not waiting


def terms_of(campaign: Campaign) -> CommunityTerms:
    if not isinstance(campaign.terms, CommunityTerms):
        raise TypeError("this is no community buy")
    return campaign.terms


async def _decide(campaign: Campaign, waiting: list[pickups.Waiting]) -> None:
    terms, decided = terms_of(campaign), await pickups.verdicts_of(campaign.id)
    everybody = sum(len(point.orders) for point in waiting)
    for point in waiting:
        enough = everybody >= terms.least_orders and len(point.orders) >= terms.point_orders
        if point.point not in decided:
            await pickups.decide(campaign.id, point, "confirmed" if enough else "failed")


def _job(order_id: UUID, verdict: str) -> Wish:
    if verdict == "confirmed":
        return Wish("group_buying.confirm_member", {"order_id": order_id}, "critical", f"confirm:{order_id}")
    payload = {"order_id": order_id, "cause": BELOW_MINIMUM}
    return Wish("group_buying.refund_member", payload, "default", f"refund_member:{order_id}")


async def _point(campaign: Campaign, choices: Mapping[str, Any]) -> pickups.Point | None:
    if not choices.get("point"):
        return None
    offered = await pickups.open_points(terms_of(campaign).points)
    return next((point for point in offered if str(point.id) == choices.get("point")), None)


async def _require_point(campaign: Campaign, choices: Mapping[str, Any]) -> pickups.Point:
    """Raises NoPoint, also for one that was closed in the meantime."""
    point = await _point(campaign, choices)
    if point is None:
        raise pickups.NoPoint
    return point


def ready_on(campaign: Campaign, zone: ZoneInfo) -> date | None:
    """The day the goods lie at the points, by the store's calendar."""
    if campaign.ends_at is None:
        return None
    return campaign.ends_at.astimezone(zone).date() + timedelta(days=terms_of(campaign).delivery_days)
