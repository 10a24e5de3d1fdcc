"""The life of teams: filled and rewarded, run out of time, completed and ended by the merchant, and without hope.

Payments are those of the sandbox, found by asking.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.flows.end_team import close_team, complete_team
from app.flows.start_payment import start_payment
from app.group_buying import Campaign, Team
from tests import builders_campaigns as campaigns
from tests import builders_teams as teams
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments
from workers.team_groups import look_after_teams


@dataclass(frozen=True, slots=True)
class Made:
    """A campaign whose leaders are rewarded, and one with a single unit."""

    rewarded: Campaign
    scarce: Campaign


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    rewarded = await teams.campaign(people=2, leader_benefit="reward", leader_amount=500)
    return Made(rewarded, await teams.campaign(people=2, quota=1))


async def live(made: Made) -> None:
    team = await _open(made.rewarded)
    await _pay((await teams.join(made.rewarded, team)).order_id)
    await money.ask_and_work()
    late = await _open(made.rewarded)
    await teams.run_out(late)
    await jobs.make_everything_due(except_kind="payments.expire_order")
    await money.ask_and_work()
    await complete_team(made.rewarded.id, (await _open(made.rewarded)).id, actor="owner@example.test")
    await close_team(made.rewarded.id, (await _open(made.rewarded)).id, actor="owner@example.test")
    await _open(made.scarce)
    await money.ask_and_work()


async def _open(offer: Campaign) -> Team:
    placed = await campaigns.join(offer)
    await _pay(placed.order_id)
    await money.ask_and_work()
    return await teams.team_of(placed.order_id)


async def _pay(order_id: UUID) -> None:
    await money.choose((await start_payment(order_id, "sandbox", money.PAGE)).url, "pay")


async def mend() -> None:
    """What money's life does, and the rounds that look for teams whose time is over."""
    await money.mend()
    await look_after_teams()
    await jobs.make_everything_due()
    await money.ask_and_work()


async def disagreements() -> list[str]:
    """What money's life finds, and teams whose time is over and that nobody ended."""
    found = await money.disagreements()
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT code FROM team_group WHERE status = 'forming' AND opened_at IS NOT NULL AND expires_at <= now()"
        )
    return found + [f"team left: {row['code']}" for row in rows]


LIFE = Life(
    files=flows("end_team", "end_participation", "reward_leader", "tell_team_member"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
    calls=frozenset({"provider"}),
)  # fmt: skip
