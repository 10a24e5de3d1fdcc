"""A team ends other than by its last payment: by the clock, by the merchant, or because nothing is left to buy.

One transaction on the team's row; its members follow in transactions of their own. May be told twice.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying
from app.flows import team_endings
from app.flows.campaign_seats import tell
from app.flows.mode_team_group import terms_of
from app.group_buying import Team, WrongMoment
from app.kernel.clock import now
from app.kernel.errors import NotFound


async def expire_team(team_id: UUID) -> bool:
    """Its time is over: everybody gets the money back, unless the store completes such teams. False: not now."""
    async with tenants.transaction():
        team = await group_buying.teams.lock(team_id)
        if team.status != "forming" or team.opened_at is None or team.expires_at > now():
            return False
        terms = terms_of(await group_buying.find(team.campaign))
        if terms.completes_itself and team.taken:
            ended = await team_endings.succeed(team, "rule")
        else:
            ended = await team_endings.fail(team, "expired")
        tell(team.campaign)
    return ended


async def end_team(team_id: UUID, reason: group_buying.teams.Reason) -> bool:
    """It fails with the campaign it belongs to. False when it was over before."""
    async with tenants.transaction():
        team = await group_buying.teams.lock(team_id)
        ended = await team_endings.fail(team, reason)
        tell(team.campaign)
    return ended


async def complete_team(campaign_id: UUID, team_id: UUID, *, actor: str) -> None:
    """The merchant completes a team with whoever has paid, and it is shown as that. Raises WrongMoment, NotFound."""
    async with tenants.transaction():
        campaign, team = await group_buying.find(campaign_id), await _of(campaign_id, team_id)
        if not (team.taken and terms_of(campaign).merchant_completes and await team_endings.succeed(team, "merchant")):
            raise WrongMoment
        await _note(team, "team_completed", actor)


async def close_team(campaign_id: UUID, team_id: UUID, *, actor: str) -> None:
    """The merchant ends a forming team; everybody gets the money back. Raises WrongMoment, NotFound."""
    async with tenants.transaction():
        team = await _of(campaign_id, team_id)
        if not await team_endings.fail(team, "merchant_closed"):
            raise WrongMoment
        await _note(team, "team_closed", actor)


async def hopeless_teams(campaign_id: UUID) -> list[UUID]:
    """Teams that can never be filled, because every unit of the campaign is paid for."""
    async with tenants.transaction():
        return await group_buying.teams.unfinished(campaign_id) if await group_buying.is_sold_out(campaign_id) else []


async def _of(campaign_id: UUID, team_id: UUID) -> Team:
    team = await group_buying.teams.lock(team_id)
    if team.campaign != campaign_id:
        raise NotFound
    return team


async def _note(team: Team, cause: str, actor: str) -> None:
    details = {"reason": team.code, "taken": team.taken, "capacity": team.capacity}
    await group_buying.note(team.campaign, cause, actor=actor, details=details)
    tell(team.campaign)
