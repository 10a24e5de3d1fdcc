"""Jobs of team groups: a team ends by the clock, the leader's reward is paid, members are told; and the rounds that ask
for whatever was lost."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import tenants
from app import group_buying
from app.flows.end_team import end_team, expire_team, hopeless_teams
from app.flows.reward_leader import reward_leader
from app.flows.team_endings import FAILED
from app.flows.tell_team_member import tell_team_member
from app.kernel.clock import now
from tenants import outbox
from tenants.outbox import Wish
from workers.context import Handlers, JobContext

OVERDUE = "SELECT id FROM team_group WHERE status = 'forming' AND opened_at IS NOT NULL AND expires_at <= $1 LIMIT 100"
# Paid, and the team is over: what follows should have happened by now.
LEFT_BEHIND = """
SELECT seat.order_id, team.status = 'succeeded' AND seat.status = 'taken' AS ships
FROM team_group AS team JOIN team_seat AS seat ON seat.team = team.id
JOIN participation AS one ON one.order_id = seat.order_id AND one.status = 'taken'
WHERE team.ended_at BETWEEN $1::timestamptz - interval '7 days' AND $1::timestamptz - interval '2 minutes' LIMIT 200
"""


async def look_after_teams() -> None:
    """By the clock: teams whose time is over, and members whose own job was lost."""
    moment = now()
    async with tenants.transaction():
        for row in await tenants.connection().fetch(OVERDUE, moment):
            await outbox.post(
                "group_buying.expire_team", queue="critical", key=f"expire_team:{row['id']}", team_id=row["id"]
            )
        rows = await tenants.connection().fetch(LEFT_BEHIND, moment)
        await outbox.post_all(*(_what_follows(row["order_id"], ships=row["ships"]) for row in rows))


def _what_follows(order_id: UUID, *, ships: bool) -> Wish:
    if ships:
        return Wish("group_buying.confirm_member", {"order_id": order_id}, "critical", f"confirm_member:{order_id}")
    payload = {"order_id": order_id, "cause": FAILED}
    return Wish("group_buying.refund_member", payload, "critical", f"refund_member:{order_id}")


async def expire_one(context: JobContext, *, team_id: str) -> None:
    await expire_team(UUID(team_id))


async def end_one(context: JobContext, *, team_id: str, reason: str) -> None:
    await end_team(UUID(team_id), cast(group_buying.teams.Reason, reason))


async def end_hopeless(context: JobContext, *, campaign_id: str) -> None:
    for team in await hopeless_teams(UUID(campaign_id)):
        await end_team(team, "sold_out")


async def reward_one(context: JobContext, *, team_id: str) -> None:
    await reward_leader(UUID(team_id))


async def tell_one(context: JobContext, *, order_id: str, kind: str) -> None:
    await tell_team_member(UUID(order_id), kind)


HANDLERS: Handlers = {
    "group_buying.expire_team": expire_one,
    "group_buying.end_team": end_one,
    "group_buying.end_hopeless": end_hopeless,
    "group_buying.reward_leader": reward_one,
    "group_buying.tell_member": tell_one,
}
