"""What each kind of campaign tells programs beside what all tell. A new kind adds its fields and one line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta

from app import group_buying, pickups
from app.api.shapes import Moment, Money, money
from app.flows import mode_community
from app.flows.campaign_offer import Offer
from app.flows.postal_address import in_lines
from app.group_buying import ChainTerms, PresaleTerms, TeamGroupTerms

MOST_TEAMS = 10
TeamStatus = Literal["forming", "succeeded", "failed"]


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A team and how far it is. `missing` more have to pay until `expires_at`."""

    code: str
    status: TeamStatus
    people: int
    missing: int
    expires_at: Moment


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What the leader asks everybody who takes part; answer in `choices.fields` under its label."""

    label: str
    kind: Literal["text", "choice"]
    required: bool
    choices: list[str]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """Where the goods can be picked up; name its id in `choices.point`."""

    id: UUID
    name: str
    address: str
    opening_hours: str


class Deposit(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit costs first, and later: the deposit may count as more than it is."""

    variant: UUID
    deposit: Money
    balance: Money


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Only what the campaign's kind knows is there."""

    ships: Annotated[
        Literal["at_once", "confirmed"],
        Meta(description="`at_once` when it is paid; `confirmed` when its group is complete or the campaign says so"),
    ] = "at_once"
    counts: Annotated[Literal["units", "people"] | None, Meta(description="Ladder: what the steps count")] = None
    count: Annotated[int | None, Meta(description="Ladder: how far that count is")] = None
    people: Annotated[int | None, Meta(description="Team price: how many make a team")] = None
    hours: Annotated[int | None, Meta(description="Team price: how long a team has")] = None
    leader_saves: Annotated[Money | None, Meta(description="Team price: what a unit costs less who opens one")] = None
    teams: Annotated[list[Team], Meta(description="Team price: teams with a free seat")] = []
    questions: Annotated[list[Question], Meta(description="Chain order")] = []
    delivery: Annotated[
        Literal["express", "pickup", "local"] | None,
        Meta(description="Chain order: sent in a parcel, collected from the leader, or brought around by the leader"),
    ] = None
    place: Annotated[str | None, Meta(description="Chain order: where and when its leader hands out")] = None
    points: Annotated[list[Point], Meta(description="Community buy")] = []
    deposits: Annotated[list[Deposit], Meta(description="Pre-sale: empty when it is paid at once")] = []
    balance_from: Annotated[Moment | None, Meta(description="Pre-sale: from when the balance can be paid")] = None
    balance_until: Annotated[Moment | None, Meta(description="Pre-sale: until when")] = None
    ships_at: Annotated[Moment | None, Meta(description="Pre-sale: the promised day")] = None
    ships_by: Annotated[date | None, Meta(description="The last day on which its parcels leave, if it has one")] = None


# Whoever opens a team may pay less; the price of an item is what everybody else pays.
JOINING: Mapping[str, Mapping[str, Any]] = {"team_group": {"team": "any"}}


def priced(offer: Offer) -> Offer:
    """The offer as it is priced for whoever chose nothing special."""
    return replace(offer, choices=JOINING.get(offer.campaign.kind, offer.choices))


def team_shown(team: group_buying.Team) -> Team:
    return Team(
        code=team.code, status=team.status, people=team.capacity, missing=team.missing, expires_at=team.expires_at
    )


async def _plain(offer: Offer) -> Facts:
    return Facts(ships=offer.campaign.terms.ships)


async def _ladder(offer: Offer) -> Facts:
    by: Literal["units", "people"] = getattr(offer.campaign.terms, "counts", "units")
    return Facts(ships=offer.campaign.terms.ships, counts=by, count=offer.count)


async def _team(offer: Offer) -> Facts:
    terms = cast(TeamGroupTerms, offer.campaign.terms)
    found = await group_buying.teams.with_free_seats(offer.campaign.id, MOST_TEAMS)
    saves = money(terms.leader_amount) if terms.leader_benefit == "price" else None
    return Facts(
        ships=terms.ships, people=terms.people, hours=terms.hours, leader_saves=saves,
        teams=[team_shown(team) for team in found],
    )  # fmt: skip


async def _chain(offer: Offer) -> Facts:
    terms = cast(ChainTerms, offer.campaign.terms)
    asked = [
        Question(label=each.label, kind=each.kind, required=each.required, choices=list(each.choices))
        for each in terms.questions
    ]
    return Facts(ships=terms.ships, questions=asked, delivery=terms.delivery, place=terms.place or None)


async def _community(offer: Offer) -> Facts:
    found = await pickups.open_points(mode_community.terms_of(offer.campaign).points)
    points = [
        Point(id=each.id, name=each.name, address=in_lines(each.address), opening_hours=each.opening_hours)
        for each in found
    ]
    return Facts(ships=offer.campaign.terms.ships, points=points)


async def _presale(offer: Offer) -> Facts:
    terms = cast(PresaleTerms, offer.campaign.terms)
    deposits = [
        Deposit(
            variant=variant, deposit=money(deposit), balance=money(max((offer.price_of(variant) or 0) - deposit, 0))
        )
        for variant, item in offer.items.items()
        if item.active and (deposit := terms.deposit_of(variant))
    ]
    return Facts(
        ships=terms.ships, deposits=deposits, balance_from=terms.opens_at, balance_until=terms.due_at,
        ships_at=terms.ships_at,
    )  # fmt: skip


KINDS: dict[str, Callable[[Offer], Awaitable[Facts]]] = {
    "chain_campaign": _chain,
    "community": _community,
    "ladder_campaign": _ladder,
    "presale": _presale,
    "team_group": _team,
}


async def facts_of(offer: Offer) -> Facts:
    """Inside an open transaction."""
    facts = await KINDS.get(offer.campaign.kind, _plain)(offer)
    return msgspec.structs.replace(facts, ships_by=offer.campaign.terms.ships_by)
