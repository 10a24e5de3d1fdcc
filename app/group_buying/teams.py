"""Teams: so many people within so many hours, or everybody gets the money back.

    forming -> succeeded   all seats are paid, or the store completed it (and that is shown)
            -> failed      expired, leader_left (nobody is in it any more), sold_out, merchant_closed

A team is opened by the payment of its first member; before that nobody else sees it, and its clock does not run. A seat
is held and taken by one conditional UPDATE each, so `taken + held` never exceeds the capacity.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.group_buying.refusals import TeamFull, TeamOver
from app.group_buying.saving import ALPHABET
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

Reason = Literal["expired", "leader_left", "sold_out", "merchant_closed"]
CompletedBy = Literal["members", "merchant", "rule"]


class Team(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    campaign: UUID
    code: str
    status: Literal["forming", "succeeded", "failed"]
    reason: str
    completed_by: str
    capacity: int
    held: int
    taken: int
    hours: int
    reward_amount: int
    created_at: datetime
    opened_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None

    @property
    def missing(self) -> int:
        """How many more have to pay."""
        return max(self.capacity - self.taken, 0)

    @property
    def is_full(self) -> bool:
        return self.taken == self.capacity

    @property
    def is_empty(self) -> bool:
        return self.taken + self.held == 0

    @property
    def has_free_seat(self) -> bool:
        return self.taken + self.held < self.capacity

    def is_open(self, at: datetime | None = None) -> bool:
        """Whether it is being filled at this moment; a seat may still be missing."""
        return self.status == "forming" and self.opened_at is not None and self.expires_at > (at or now())

    def require_free_seat(self, at: datetime | None = None) -> None:
        """Raises TeamOver, TeamFull."""
        if not self.is_open(at):
            raise TeamOver
        if not self.has_free_seat:
            raise TeamFull


COLUMNS = """id, campaign, code, status, reason, completed_by, capacity, held, taken, hours, reward_amount, created_at,
    opened_at, expires_at, ended_at"""
BY_ID = f"SELECT {COLUMNS} FROM team_group WHERE id = $1"  # noqa: S608 - constants only
LOCKED = f"SELECT {COLUMNS} FROM team_group WHERE id = $1 FOR NO KEY UPDATE"  # noqa: S608 - constants only
BY_CODE = f"SELECT {COLUMNS} FROM team_group WHERE campaign = $1 AND code = $2"  # noqa: S608 - constants only
LISTED = f"""SELECT {COLUMNS} FROM team_group WHERE campaign = $1 AND opened_at IS NOT NULL
    ORDER BY status = 'forming' DESC, created_at DESC LIMIT $2"""  # noqa: S608 - constants only
OPEN = f"""SELECT {COLUMNS} FROM team_group WHERE campaign = $1 AND status = 'forming' AND opened_at IS NOT NULL
    AND expires_at > $2 AND taken + held < capacity
    ORDER BY capacity - taken, expires_at LIMIT $3"""  # noqa: S608 - constants only


def _team(row: Mapping[str, Any]) -> Team:
    return Team(**row)


async def _one(statement: str, *values: Any) -> Team:
    row = await tenants.connection().fetchrow(statement, *values)
    if row is None:
        raise NotFound
    return _team(row)


async def find(team_id: UUID) -> Team:
    """Raises NotFound."""
    return await _one(BY_ID, team_id)


async def find_by_code(campaign_id: UUID, code: str) -> Team:
    """Raises NotFound."""
    return await _one(BY_CODE, campaign_id, code)


async def lock(team_id: UUID) -> Team:
    """The team, and nobody else moves it until COMMIT. Raises NotFound."""
    return await _one(LOCKED, team_id)


async def listed(campaign_id: UUID, limit: int = 200) -> list[Team]:
    """All that were ever opened, forming ones first."""
    return [_team(row) for row in await tenants.connection().fetch(LISTED, campaign_id, limit)]


async def with_free_seats(campaign_id: UUID, limit: int = 20) -> list[Team]:
    """What can be joined now, the one that lacks the fewest first."""
    return [_team(row) for row in await tenants.connection().fetch(OPEN, campaign_id, now(), limit)]


async def unfinished(campaign_id: UUID) -> list[UUID]:
    rows = await tenants.connection().fetch(
        "SELECT id FROM team_group WHERE campaign = $1 AND status = 'forming' ORDER BY id", campaign_id
    )
    return [row["id"] for row in rows]


STATE = """
SELECT count(*) AS teams, count(*) FILTER (WHERE status = 'forming') AS forming, sum(held) AS held, sum(taken) AS taken,
    count(*) FILTER (WHERE status = 'forming' AND expires_at <= $2) AS overdue FROM team_group WHERE campaign = $1
"""


async def state_of(campaign_id: UUID) -> tuple[Any, ...]:
    """Differs whenever something about the campaign's teams does that shoppers see."""
    row = await tenants.connection().fetchrow(STATE, campaign_id, now())
    return tuple(row or ())


START = f"""
INSERT INTO team_group (id, campaign, code, capacity, held, hours, reward_amount, created_at, expires_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8) RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


async def start(campaign_id: UUID, *, people: int, hours: int, reward_amount: int = 0, at: datetime) -> Team:
    """A team with one held seat; it opens when that is paid. It keeps these rules, whatever the campaign's become."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    expires_at = at + timedelta(hours=hours)
    return await _one(START, new_id(), campaign_id, code, people, hours, reward_amount, at, expires_at)


HOLD = f"""
UPDATE team_group SET held = held + 1
WHERE id = $1 AND status = 'forming' AND opened_at IS NOT NULL AND expires_at > $2 AND taken + held < capacity
RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


async def hold(team_id: UUID, at: datetime) -> Team:
    """Hold one seat. Raises TeamOver, TeamFull, NotFound."""
    row = await tenants.connection().fetchrow(HOLD, team_id, at)
    if row is None:
        (await find(team_id)).require_free_seat(at)
        raise TeamFull  # it was freed between the two looks; the shopper may try again
    return _team(row)


# Completed by the store while somebody was paying: the seat is still held, so it is taken.
TAKE = f"""
UPDATE team_group SET held = held - 1, taken = taken + 1, opened_at = coalesce(opened_at, $2),
    expires_at = CASE WHEN opened_at IS NULL THEN $2::timestamptz + make_interval(hours => hours) ELSE expires_at END
WHERE id = $1 AND held > 0
    AND (status = 'succeeded' OR status = 'forming' AND (opened_at IS NULL OR expires_at > $2))
RETURNING {COLUMNS}
"""  # noqa: S608 - constants only
TAKE_FREE = f"""
UPDATE team_group SET taken = taken + 1
WHERE id = $1 AND status = 'forming' AND opened_at IS NOT NULL AND expires_at > $2 AND taken + held < capacity
RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


async def take(team_id: UUID, at: datetime) -> Team | None:
    """A held seat is paid; the first one opens the team. None when it came too late."""
    row = await tenants.connection().fetchrow(TAKE, team_id, at)
    return _team(row) if row else None


async def take_free_seat(team_id: UUID, at: datetime) -> Team | None:
    """A free seat, for somebody who has paid already. None when there is none any more."""
    row = await tenants.connection().fetchrow(TAKE_FREE, team_id, at)
    return _team(row) if row else None


GIVE_BACK = f"""
UPDATE team_group SET held = held - $2, taken = taken - $3 WHERE id = $1 RETURNING {COLUMNS}
"""  # noqa: S608 - constants only


async def give_back(team_id: UUID, *, held: int = 0, taken: int = 0) -> Team:
    return await _one(GIVE_BACK, team_id, held, taken)


async def end(team_id: UUID, *, reason: Reason | None = None, completed_by: CompletedBy | None = None) -> bool:
    """It failed for this reason, or was completed by these. False when it was over before."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE team_group SET status = $2, reason = $3, completed_by = $4, ended_at = $5"
            " WHERE id = $1 AND status = 'forming' RETURNING true",
            team_id, "failed" if reason else "succeeded", reason or "", completed_by or "", now(),
        )
    )  # fmt: skip
