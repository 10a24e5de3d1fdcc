"""How a team ends, and what that means for each of its members: one job per order. Steps, not journeys of their own.

Inside the caller's transaction, with the team's row locked. Orders are not touched here: each is confirmed or paid back
in a transaction of its own, so a refund that fails keeps nobody else waiting.
"""

from __future__ import annotations

from app import group_buying
from app.group_buying import Seat, Team
from tenants import outbox
from tenants.outbox import Wish

SUCCEEDED, FAILED = "team_succeeded", "team_failed"


async def succeed(team: Team, completed_by: group_buying.teams.CompletedBy) -> bool:
    """Whoever paid is sent the goods; whoever is still paying keeps the seat. False when it was over before."""
    if not await group_buying.teams.end(team.id, completed_by=completed_by):
        return False
    members = await group_buying.seats.seats_of(team.id)
    await group_buying.seats.leave([seat.order_id for seat in members])
    await outbox.post_all(*(wish for seat in members if seat.status == "taken" for wish in wishes_of_success(seat)))
    if team.reward_amount:
        await outbox.post("group_buying.reward_leader", key=f"reward_leader:{team.id}", team_id=team.id)
    return True


async def fail(team: Team, reason: group_buying.teams.Reason) -> bool:
    """Everybody gets the money back. Whoever has not paid yet is called off, or may still pay for another team.

    False when it was over before.
    """
    if not await group_buying.teams.end(team.id, reason=reason):
        return False
    members = await group_buying.seats.seats_of(team.id)
    await group_buying.seats.leave([seat.order_id for seat in members])
    over = [seat for seat in members if seat.status == "taken" or not seat.may_move]
    await outbox.post_all(*(wish for seat in over for wish in wishes_of_failure(seat, paid=seat.status == "taken")))
    return True


def wishes_of_success(seat: Seat) -> list[Wish]:
    order = {"order_id": seat.order_id}
    return [
        Wish("group_buying.confirm_member", order, "critical", f"confirm_member:{seat.order_id}"),
        Wish("group_buying.tell_member", order | {"kind": SUCCEEDED}, "default", f"tell:{SUCCEEDED}:{seat.order_id}"),
    ]


def wishes_of_failure(seat: Seat, *, paid: bool) -> list[Wish]:
    """Whoever had not paid is told by the order's page alone."""
    order = {"order_id": seat.order_id}
    refund = Wish(
        "group_buying.refund_member", order | {"cause": FAILED}, "critical", f"refund_member:{seat.order_id}"
    )  # fmt: skip
    told = Wish("group_buying.tell_member", order | {"kind": FAILED}, "default", f"tell:{FAILED}:{seat.order_id}")
    return [refund, told] if paid else [refund]
