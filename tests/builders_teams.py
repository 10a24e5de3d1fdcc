"""Team campaigns, and people in their teams, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app.flows.place_order import Placed
from app.group_buying import Campaign, Team, seats, teams
from app.kernel.clock import now
from tests import builders_campaigns as campaigns
from tests.builders_selling import Offer

RULES = ("leader_benefit", "leader_amount", "at_close", "merchant_completes", "completes_itself")


async def campaign(*offers: Offer, people: int = 3, **facts: Any) -> Campaign:
    """A running team campaign; what is no fact of a campaign is one of its rules."""
    rules = {name: facts.pop(name) for name in RULES if name in facts}
    return await campaigns.campaign(
        *offers, kind="team_group", terms={"people": people, **rules}, title="Peaches in teams", **facts
    )


async def open_team(of: Campaign, **facts: Any) -> tuple[Placed, Team]:
    """Somebody opens a team and pays."""
    placed = await campaigns.join_and_pay(of, **facts)
    return placed, await team_of(placed.order_id)


async def join(of: Campaign, team: Team, *, may_move: bool = False, **facts: Any) -> Placed:
    """A held seat, not paid yet."""
    return await campaigns.join(of, choices={"team": team.code, "may_move": may_move}, **facts)


async def join_and_pay(of: Campaign, team: Team, **facts: Any) -> Placed:
    placed = await join(of, team, **facts)
    await campaigns.pay(placed)
    return placed


async def team_of(order_id: UUID) -> Team:
    async with tenants.transaction():
        seat = await seats.seat_of(order_id)
        assert seat is not None
        return await teams.find(seat.team)


async def look(team: Team) -> Team:
    async with tenants.transaction():
        return await teams.find(team.id)


async def seat(placed: Placed) -> seats.Seat:
    async with tenants.transaction():
        found = await seats.seat_of(placed.order_id)
    assert found is not None
    return found


async def run_out(team: Team) -> None:
    """As if the team's time were over."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE team_group SET expires_at = $2 WHERE id = $1", team.id, now() - timedelta(seconds=1)
        )
