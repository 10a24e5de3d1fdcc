"""Team groups: a seat is held when the order is placed, taken when it is paid, released when it falls away.

Who pays when the team is over is paid back, or, if that was chosen at joining, gets a free seat in another team of the
campaign. Every step is told with the order locked. A team is locked before the marks of those who are in it; only who
joins writes marks first, and those are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from app import group_buying, orders, promotions
from app.flows import team_endings
from app.flows.campaign_mode import Mode
from app.group_buying import Campaign, InAnotherTeam, Participation, Seat, Team, TeamGroupTerms, TeamOver
from app.kernel.clock import now
from app.kernel.errors import NotFound
from tenants import outbox

OPEN_ONE = "new"  # what stands in place of a team's code


class TeamGroupMode(Mode):
    looks_at_what_is_left = True

    def price_of(self, campaign: Campaign, choices: Mapping[str, Any], amount: int) -> int:
        terms = terms_of(campaign)
        if terms.leader_benefit == "price" and _opens(choices):
            return max(amount - terms.leader_amount, 0)
        return amount

    async def is_open_late(self, campaign: Campaign, choices: Mapping[str, Any]) -> bool:
        """Teams that have their own time can be joined until it is over; no new ones are opened."""
        if must_end_with(campaign) or campaign.status not in ("open", "closed") or _opens(choices):
            return False
        try:
            return (await group_buying.teams.find_by_code(campaign.id, choices["team"])).is_open()
        except NotFound:
            return False

    async def check_joining(self, campaign: Campaign, choices: Mapping[str, Any], units: Mapping[UUID, int]) -> None:
        if not _opens(choices):
            (await _wanted_team(campaign, choices)).require_free_seat()

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        """Raises InAnotherTeam, TeamOver, TeamFull."""
        persons = promotions.persons(order.customer, order.phone, order.email)
        await group_buying.seats.enter(campaign.id, persons, order.id)
        team = await (_start if _opens(choices) else _join)(campaign, choices, order)
        await group_buying.seats.write(
            order.id, team.id, is_leader=_opens(choices), may_move=bool(choices.get("may_move")), at=order.placed_at
        )

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        seat, moment = await _seat(order.id), now()
        team = await group_buying.teams.take(seat.team, moment)
        if team:
            await group_buying.seats.take(order.id, moment)
        else:
            team = await self._come_late(seat, one)
        if team is None:
            return False
        if team.status == "succeeded":
            await outbox.post_all(*team_endings.wishes_of_success(seat)[1:])
            return True
        if team.opened_at == moment:
            await outbox.post(
                "group_buying.expire_team", queue="critical", key=f"expire_team:{team.id}",
                delay=team.expires_at - moment, team_id=team.id,
            )  # fmt: skip
        if team.is_full:
            await team_endings.succeed(team, "members")
        return False

    async def taken(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """With the last unit of all, teams that still lack somebody have no hope."""
        if await group_buying.is_sold_out(campaign.id):
            await outbox.post("group_buying.end_hopeless", key=f"end_hopeless:{campaign.id}", campaign_id=campaign.id)

    async def _come_late(self, seat: Seat, one: Participation) -> Team | None:
        """The team is over: another one with a free seat, if that was chosen; else the money goes back by its job."""
        left = await group_buying.teams.give_back(seat.team, held=1)
        other = await _another(one) if seat.may_move else None
        if other:
            await group_buying.seats.move(seat, other.id, now())
        else:
            await group_buying.seats.leave([seat.order_id])
            await group_buying.seats.release(seat.order_id)
            await outbox.post_all(*team_endings.wishes_of_failure(seat, paid=True))
        await _go_on_without(left, "expired")
        return other

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """Whoever led is followed by the next member, and the team keeps its deadline; an empty team is over."""
        seat = await group_buying.seats.seat_of(order.id)
        if seat is None or seat.status == "released":
            return
        gone = {"taken": 1} if seat.status == "taken" else {"held": 1}
        team = await group_buying.teams.give_back(seat.team, **gone)
        await group_buying.seats.leave([order.id])
        await group_buying.seats.release(order.id)
        await _go_on_without(team, "leader_left")

    async def close(self, campaign: Campaign) -> None:
        if must_end_with(campaign):
            await _end_all(campaign)

    async def settle(self, campaign: Campaign) -> bool:
        """Orders that were on their way when it closed may have opened another team: it ends as the others did."""
        unfinished = await group_buying.teams.unfinished(campaign.id)
        if unfinished and must_end_with(campaign):
            await _end_all(campaign)
        return not unfinished and not await group_buying.waiting_orders(campaign.id)


def terms_of(campaign: Campaign) -> TeamGroupTerms:
    return cast(TeamGroupTerms, campaign.terms)


def was_closed_early(campaign: Campaign) -> bool:
    """Ended by a person: then nobody waits any longer, whatever the rule for its proper end."""
    return campaign.ends_at is None or campaign.ends_at > (campaign.closed_at or now())


def must_end_with(campaign: Campaign) -> bool:
    """Whether forming teams end with the campaign that is closing, or over."""
    return terms_of(campaign).at_close == "fail" or was_closed_early(campaign)


async def _go_on_without(team: Team, reason: group_buying.teams.Reason) -> None:
    """Somebody is gone from it, whose seat was given back: the next member leads; an empty team is over.

    Its time may be over while the job that ends it has not come yet; until then it has a leader as any other.
    """
    if team.status != "forming":
        return
    if team.is_empty:
        await team_endings.fail(team, reason)
    else:
        await group_buying.seats.inherit(team.id)


async def _end_all(campaign: Campaign) -> None:
    reason = "merchant_closed" if was_closed_early(campaign) else "expired"
    for team in await group_buying.teams.unfinished(campaign.id):
        await outbox.post("group_buying.end_team", key=f"end_team:{team}", team_id=team, reason=reason)


def _opens(choices: Mapping[str, Any]) -> bool:
    return bool(choices.get("team", OPEN_ONE) == OPEN_ONE)


async def _wanted_team(campaign: Campaign, choices: Mapping[str, Any]) -> Team:
    """Raises TeamOver, also for what never was a team of this campaign."""
    try:
        return await group_buying.teams.find_by_code(campaign.id, choices["team"])
    except NotFound as error:
        raise TeamOver from error


async def _start(campaign: Campaign, choices: Mapping[str, Any], order: orders.NewOrder) -> Team:
    terms = terms_of(campaign)
    reward = terms.leader_amount if terms.leader_benefit == "reward" else 0
    return await group_buying.teams.start(
        campaign.id, people=terms.people, hours=terms.hours, reward_amount=reward, at=order.placed_at
    )


async def _join(campaign: Campaign, choices: Mapping[str, Any], order: orders.NewOrder) -> Team:
    return await group_buying.teams.hold((await _wanted_team(campaign, choices)).id, order.placed_at)


async def _seat(order_id: UUID) -> Seat:
    seat = await group_buying.seats.seat_of(order_id)
    if seat is None:
        raise NotFound
    return seat


async def _another(one: Participation) -> Team | None:
    """A free seat elsewhere, taken at once. None when there is none, or the shopper is in another team by now."""
    await group_buying.seats.leave([one.order_id])
    try:
        await group_buying.seats.enter(one.campaign, one.persons, one.order_id)
    except InAnotherTeam:
        return None
    for team in await group_buying.teams.with_free_seats(one.campaign):
        taken = await group_buying.teams.take_free_seat(team.id, now())
        if taken:
            return taken
    return None
