"""What does not stand to be chosen any more: a ballot taken back, a proposal withdrawn, a candidate the store removed.

Votes for what left are gone with it, so that whoever gave one may choose again. What left stays to be seen, with its
reason. Only while the round is open: leaving locks it against ballots, so a vote counts or is refused, never half.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.selection.ballots import RoundOver, cast_ballot
from app.selection.rounds import LOCKED, LONGEST_TEXT, Round, find

How = Literal["withdrawn", "removed"]


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that left the round, with how and why."""

    id: UUID
    title: str
    proposer: str
    how: How
    why: str
    at: datetime


LEFT = """
SELECT candidate.id, candidate.title, coalesce(promoter.name, '') AS proposer, candidate.left_how AS how,
    candidate.left_why AS why, candidate.left_at AS at
FROM selection_candidate AS candidate LEFT JOIN promoter ON promoter.id = candidate.proposed_by
WHERE candidate.round = $1 AND candidate.left_at IS NOT NULL ORDER BY candidate.left_at, candidate.id
"""
LEAVE = """
UPDATE selection_candidate SET left_at = $3, left_how = $4, left_why = $5
WHERE round = $1 AND id = $2 AND left_at IS NULL AND ($6::uuid IS NULL OR proposed_by = $6) RETURNING proposed_by
"""


async def left_of(round_id: UUID) -> list[Left]:
    """What was there to choose, and is not any more."""
    return [Left(**row) for row in await tenants.connection().fetch(LEFT, round_id)]


async def take_ballot_back(round_id: UUID, promoter: UUID) -> None:
    """As if this promoter had not voted. Raises NotFound for who may not vote, RoundOver."""
    await cast_ballot(round_id, promoter, {})


async def withdraw(round_id: UUID, candidate: UUID, promoter: UUID) -> set[UUID]:
    """A promoter takes back what they proposed; who had voted for it. Raises NotFound for another's, RoundOver."""
    return await _leave(round_id, candidate, "withdrawn", "", promoter)


async def remove(round_id: UUID, candidate: UUID, *, why: str) -> set[UUID]:
    """The store takes a candidate out; who had voted for it, and who had proposed it.

    Raises NotFound, RoundOver, InvalidInput without a reason.
    """
    if not why or len(why) > LONGEST_TEXT:
        raise InvalidInput({"why": N_("Say why in at most 1,000 characters; everybody in the round reads it.")})
    return await _leave(round_id, candidate, "removed", why, None)


async def _leave(round_id: UUID, candidate: UUID, how: How, why: str, only_of: UUID | None) -> set[UUID]:
    await _lock_open(round_id)
    database = tenants.connection()
    row = await database.fetchrow(LEAVE, round_id, candidate, now(), how, why, only_of)
    if row is None:
        raise NotFound
    votes = await database.fetch("DELETE FROM selection_vote WHERE candidate = $1 RETURNING promoter", candidate)
    return {vote["promoter"] for vote in votes} | ({row["proposed_by"]} if row["proposed_by"] else set())


async def move_end(round_id: UUID, ends_at: datetime | None) -> Round:
    """The round ends earlier or later; the round as it was before. Raises NotFound, RoundOver, InvalidInput."""
    before = await _lock_open(round_id)
    if ends_at is None or ends_at <= now():
        raise InvalidInput({"ends_at": N_("Choose a moment that lies ahead.")})
    await tenants.connection().execute("UPDATE selection_round SET ends_at = $2 WHERE id = $1", round_id, ends_at)
    return before


async def _lock_open(round_id: UUID) -> Round:
    await tenants.connection().execute(LOCKED, round_id)
    found = await find(round_id)
    if not found.takes_votes():
        raise RoundOver
    return found
