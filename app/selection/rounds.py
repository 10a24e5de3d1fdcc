"""Rounds: opened with candidates and voters, and closed once with one winner or none.

    open -> closed    by the clock at its end, or earlier by a person

Most votes win; of equals, what promoters expect to sell more of, then what stood there first. Without a vote nothing
wins. Closing locks the round against ballots, so the last vote counts or is refused, never half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST_TITLE, LONGEST_TEXT, MOST_CANDIDATES, MOST_VOTES = 80, 1_000, 50, 20


class Round(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    title: str
    words: str
    status: Literal["open", "closed"]
    ends_at: datetime
    most_votes: int
    takes_proposals: bool
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    closed_by: str
    campaign: UUID | None
    voters: int
    voted: int

    def takes_votes(self, at: datetime | None = None) -> bool:
        """By status and clock together: it ends on the second although the job that closes it may be late."""
        return self.status == "open" and (at or now()) < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDraft:
    """What a person decides about a round. `ideas` are candidates in words; without voters all promoters vote."""

    title: str
    words: str = ""
    ends_at: datetime | None = None
    most_votes: int = 3
    takes_proposals: bool = True
    products: Sequence[UUID] = ()
    ideas: Sequence[str] = ()
    voters: Sequence[UUID] = ()


COLUMNS = """one.id, one.title, one.words, one.status, one.ends_at, one.most_votes, one.takes_proposals, one.created_by,
    one.created_at, one.closed_at, one.closed_by, one.campaign,
    (SELECT count(*) FROM selection_voter WHERE round = one.id) AS voters,
    (SELECT count(DISTINCT vote.promoter) FROM selection_vote AS vote
        JOIN selection_candidate AS candidate ON candidate.id = vote.candidate
        WHERE candidate.round = one.id) AS voted"""
BY_ID = f"SELECT {COLUMNS} FROM selection_round AS one WHERE one.id = $1"  # noqa: S608 - constants only
LISTED = f"SELECT {COLUMNS} FROM selection_round AS one ORDER BY one.id DESC LIMIT 100"  # noqa: S608 - constants only
FOR_VOTER = f"""SELECT {COLUMNS} FROM selection_round AS one
    JOIN selection_voter AS mine ON mine.round = one.id AND mine.promoter = $1
    ORDER BY one.status DESC, one.id DESC LIMIT 100"""  # noqa: S608 - constants only
# Ballots share the row while they are cast; whoever closes the round waits for them.
LOCKED = "SELECT 1 FROM selection_round WHERE id = $1 FOR NO KEY UPDATE"
VOTERS = """
INSERT INTO selection_voter (id, round, promoter)
SELECT x.id, $1, promoter.id FROM unnest($2::uuid[], $3::uuid[]) AS x (id, promoter)
JOIN promoter ON promoter.id = x.promoter AND promoter.status = 'approved'
"""


async def find(round_id: UUID) -> Round:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(BY_ID, round_id)
    if row is None:
        raise NotFound
    return Round(**row)


async def listed() -> list[Round]:
    """The newest first."""
    return [Round(**row) for row in await tenants.connection().fetch(LISTED)]


async def rounds_for(promoter: UUID) -> list[Round]:
    """Those this promoter may vote in, open ones first."""
    return [Round(**row) for row in await tenants.connection().fetch(FOR_VOTER, promoter)]


async def open_round(draft: RoundDraft, *, by: str) -> UUID:
    """Raises InvalidInput with everything that is wrong at once."""
    database, round_id, moment = tenants.connection(), new_id(), now()
    approved = [row["id"] for row in await database.fetch("SELECT id FROM promoter WHERE status = 'approved'")]
    voters = [each for each in dict.fromkeys(draft.voters or approved) if each in set(approved)]
    known = await database.fetch(
        "SELECT id, title FROM product WHERE id = ANY($1::uuid[]) AND status <> 'archived'", list(draft.products)
    )
    _check(draft, voters, len(known) + len(draft.ideas), moment)
    await database.execute(
        "INSERT INTO selection_round (id, title, words, ends_at, most_votes, takes_proposals, created_by, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        round_id, draft.title, draft.words, draft.ends_at, draft.most_votes, draft.takes_proposals, by, moment,
    )  # fmt: skip
    rows = [(row["id"], row["title"]) for row in known] + [(None, idea) for idea in draft.ideas]
    await database.executemany(
        "INSERT INTO selection_candidate (id, round, product, title, added_at) VALUES ($1, $2, $3, $4, $5)",
        [(new_id(), round_id, product, title[:LONGEST_TITLE], moment) for product, title in rows],
    )
    await database.execute(VOTERS, round_id, [new_id() for _ in voters], voters)
    return round_id


def _check(draft: RoundDraft, voters: Sequence[UUID], candidates: int, moment: datetime) -> None:
    wrong: dict[str, str] = {}
    if not draft.title or len(draft.title) > LONGEST_TITLE:
        wrong["title"] = N_("Give it a title of at most 80 characters.")
    if len(draft.words) > LONGEST_TEXT:
        wrong["words"] = N_("This is too long.")
    if draft.ends_at is None or draft.ends_at <= moment:
        wrong["ends_at"] = N_("Choose a moment that lies ahead.")
    if not 1 <= draft.most_votes <= MOST_VOTES:
        wrong["most_votes"] = N_("Enter a whole number within the allowed range.")
    if not voters:
        wrong["voters"] = N_("No approved promoter could vote.")
    if candidates > MOST_CANDIDATES or (candidates < 2 and not (candidates == 0 and draft.takes_proposals)):
        wrong["products"] = N_("Choose at least two things to vote on, at most 50; or none, and let promoters propose.")
    if wrong:
        raise InvalidInput(wrong)


WINNER = """
SELECT candidate.id FROM selection_candidate AS candidate JOIN selection_vote AS vote ON vote.candidate = candidate.id
WHERE candidate.round = $1 GROUP BY candidate.id, candidate.added_at
ORDER BY count(*) DESC, sum(vote.units) DESC, candidate.added_at, candidate.id LIMIT 1
"""


async def close_round(round_id: UUID, *, by: str = "") -> bool:
    """Count and name the winner. By the clock (nobody named) only when its time is over. False: nothing was done."""
    database, moment = tenants.connection(), now()
    await database.execute(LOCKED, round_id)
    found = await find(round_id)
    if found.status == "closed" or (not by and found.ends_at > moment):
        return False
    winner = await database.fetchval(WINNER, round_id)
    await database.execute("UPDATE selection_candidate SET won_at = $2 WHERE id = $1", winner, moment)
    await database.execute(
        "UPDATE selection_round SET status = 'closed', closed_at = $2, closed_by = $3 WHERE id = $1",
        round_id, moment, by,
    )  # fmt: skip
    return True


async def note_campaign(round_id: UUID, campaign: UUID) -> None:
    """What the winner became."""
    await tenants.connection().execute("UPDATE selection_round SET campaign = $2 WHERE id = $1", round_id, campaign)


async def voters_of(round_id: UUID) -> list[Mapping[str, Any]]:
    """Who may vote, and whether they did."""
    rows = await tenants.connection().fetch(
        "SELECT promoter.id, promoter.name, promoter.email, EXISTS (SELECT 1 FROM selection_vote AS vote"
        " JOIN selection_candidate AS candidate ON candidate.id = vote.candidate"
        " WHERE candidate.round = $1 AND vote.promoter = promoter.id) AS voted"
        " FROM selection_voter AS voter JOIN promoter ON promoter.id = voter.promoter"
        " WHERE voter.round = $1 ORDER BY promoter.name, promoter.id",
        round_id,
    )
    return [dict(row) for row in rows]
