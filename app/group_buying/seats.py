"""Seats of teams: one per order. Held when it is placed, taken when it is paid, released when it falls away.

A seat's status changes only while its order is locked; who leads changes only while the team is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.group_buying.refusals import InAnotherTeam
from app.kernel.clock import now
from app.kernel.ids import new_id


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    order_id: UUID
    team: UUID
    is_leader: bool
    may_move: bool
    status: Literal["held", "taken", "released"]
    moved_from: UUID | None
    held_at: datetime
    taken_at: datetime | None


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A seat as a page shows it: by a masked name."""

    order_id: UUID
    team: UUID
    number: str
    nick: str
    is_leader: bool
    status: str
    units: int


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's own seat in a forming team."""

    code: str
    number: str
    status: str
    missing: int
    expires_at: datetime
    opened_at: datetime | None


SEAT = "order_id, team, is_leader, may_move, status, moved_from, held_at, taken_at"


async def seat_of(order_id: UUID) -> Seat | None:
    row = await tenants.connection().fetchrow(f"SELECT {SEAT} FROM team_seat WHERE order_id = $1", order_id)  # noqa: S608
    return Seat(**row) if row else None


async def seats_of(team_id: UUID) -> list[Seat]:
    """Whoever has not left, in the order they came."""
    rows = await tenants.connection().fetch(
        f"SELECT {SEAT} FROM team_seat WHERE team = $1 AND status <> 'released' ORDER BY held_at, order_id",  # noqa: S608
        team_id,
    )
    return [Seat(**row) for row in rows]


MEMBERS = """
SELECT seat.order_id, seat.team, orders.number, one.nick, seat.is_leader, seat.status, one.units
FROM team_seat AS seat JOIN participation AS one ON one.order_id = seat.order_id
JOIN orders ON orders.id = seat.order_id JOIN team_group AS team ON team.id = seat.team
WHERE seat.team = ANY($1)
    AND (seat.status <> 'released' OR seat.taken_at IS NOT NULL AND seat.released_at >= team.ended_at)
ORDER BY seat.is_leader DESC, seat.taken_at NULLS LAST, seat.held_at
"""


async def members_of(teams: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """Whoever is in it, or was when it ended, by team, the leader first."""
    members: dict[UUID, list[Member]] = {team: [] for team in teams}
    for row in await tenants.connection().fetch(MEMBERS, list(teams)):
        members[row["team"]].append(Member(**row))
    return members


OWN = """
SELECT team.code, orders.number, seat.status, team.capacity - team.taken AS missing, team.expires_at, team.opened_at
FROM team_group AS team JOIN team_seat AS seat ON seat.team = team.id AND seat.status <> 'released'
JOIN orders ON orders.id = seat.order_id
WHERE team.campaign = $1 AND team.status = 'forming' AND (orders.visitor_id = $2 OR orders.customer = $3)
ORDER BY seat.held_at DESC LIMIT 1
"""


async def own(campaign_id: UUID, visitor_id: UUID, customer: UUID | None) -> Own | None:
    """The seat this browser or this account has in a forming team, the latest if there are several."""
    row = await tenants.connection().fetchrow(OWN, campaign_id, visitor_id, customer)
    return Own(**row) if row else None


ENTER = """
WITH entered AS (
    INSERT INTO team_person (id, campaign, person, order_id)
    SELECT mark.id, $2, mark.person, $4 FROM unnest($1::uuid[], $3::text[]) AS mark (id, person) ORDER BY mark.person
    ON CONFLICT (campaign, person) DO NOTHING RETURNING person
)
SELECT count(*) FROM entered
"""


async def enter(campaign_id: UUID, persons: Iterable[str], order_id: UUID) -> None:
    """Whoever is known by these marks is in a forming team now. Raises InAnotherTeam."""
    marks = sorted(persons)
    entered: int = await tenants.connection().fetchval(ENTER, [new_id() for _ in marks], campaign_id, marks, order_id)
    if entered < len(marks):
        raise InAnotherTeam


async def leave(orders: Sequence[UUID]) -> None:
    """These may be in a team of this campaign again."""
    await tenants.connection().execute("DELETE FROM team_person WHERE order_id = ANY($1)", list(orders))


async def write(order_id: UUID, team_id: UUID, *, is_leader: bool, may_move: bool, at: datetime) -> None:
    await tenants.connection().execute(
        "INSERT INTO team_seat (order_id, team, is_leader, may_move, held_at) VALUES ($1, $2, $3, $4, $5)",
        order_id, team_id, is_leader, may_move, at,
    )  # fmt: skip


async def take(order_id: UUID, at: datetime) -> None:
    await tenants.connection().execute(
        "UPDATE team_seat SET status = 'taken', taken_at = $2 WHERE order_id = $1", order_id, at
    )


async def move(seat: Seat, to: UUID, at: datetime) -> None:
    """Its team is over, this one has room: taken there, as anybody's."""
    await tenants.connection().execute(
        "UPDATE team_seat SET team = $2, moved_from = $3, is_leader = false, status = 'taken', taken_at = $4"
        " WHERE order_id = $1",
        seat.order_id, to, seat.team, at,
    )  # fmt: skip


async def release(order_id: UUID) -> None:
    """It says no more that it leads; whoever was there last in a team that is over stays known by `taken_at`."""
    await tenants.connection().execute(
        "UPDATE team_seat SET status = 'released', released_at = $2 WHERE order_id = $1", order_id, now()
    )


INHERIT = """
UPDATE team_seat SET is_leader = true WHERE order_id = (
    SELECT order_id FROM team_seat WHERE team = $1 AND status <> 'released'
    ORDER BY status = 'taken' DESC, coalesce(taken_at, held_at), order_id LIMIT 1
) AND NOT EXISTS (SELECT 1 FROM team_seat WHERE team = $1 AND status <> 'released' AND is_leader)
"""


async def inherit(team_id: UUID) -> None:
    """If nobody leads the (locked) team any more, whoever paid first of the others does."""
    await tenants.connection().execute(INHERIT, team_id)
