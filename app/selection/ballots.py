"""What stands to be chosen and who wants it. A promoter casts one ballot, and may cast it anew until the round ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.selection.rounds import LONGEST_TEXT, LONGEST_TITLE, MOST_CANDIDATES, Round, find

MOST_UNITS = 100_000
MOST_PROPOSALS = 3


class RoundOver(Refusal):
    """The round takes no votes and no proposals any more."""

    code = "selection.over"
    status = 409
    message = "This round is over. Nothing was changed."


class TooManyVotes(Refusal):
    """More candidates were chosen than the round allows."""

    code = "selection.too_many_votes"
    status = 409
    message = "Choose at most %(most)s. Nothing was changed."


class NoMoreProposals(Refusal):
    """The round takes none, or this promoter has proposed enough."""

    code = "selection.no_more_proposals"
    status = 409
    message = "You cannot propose anything else in this round."


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to choose, with how it stands. `proposer` is empty for what the store itself put there."""

    id: UUID
    title: str
    words: str
    product: UUID | None
    image_key: str | None
    list_amount: int | None
    price_amount: int | None
    proposed_by: UUID | None
    proposer: str
    won_at: datetime | None
    votes: int
    units: int


STANDING = """
SELECT candidate.id, candidate.title, candidate.words, candidate.product, candidate.price_amount,
    candidate.proposed_by, candidate.won_at, coalesce(promoter.name, '') AS proposer,
    coalesce(product.cover_thumb_key, product.cover_key) AS image_key, product.price_from_amount AS list_amount,
    count(vote.id) AS votes, coalesce(sum(vote.units), 0) AS units
FROM selection_candidate AS candidate
LEFT JOIN selection_vote AS vote ON vote.candidate = candidate.id
LEFT JOIN product ON product.id = candidate.product LEFT JOIN promoter ON promoter.id = candidate.proposed_by
WHERE candidate.round = $1 AND candidate.left_at IS NULL
GROUP BY candidate.id, product.id, promoter.id
ORDER BY candidate.won_at IS NULL, count(vote.id) DESC, sum(vote.units) DESC NULLS LAST, candidate.added_at,
    candidate.id
"""
VOTES = """
SELECT vote.candidate, vote.units FROM selection_vote AS vote
JOIN selection_candidate AS candidate ON candidate.id = vote.candidate
WHERE candidate.round = $1 AND vote.promoter = $2
"""
# The voter's own row: two ballots of one person wait for each other; the round's row is shared, so nobody closes it.
ENTER = """
SELECT voter.id FROM selection_voter AS voter WHERE voter.round = $1 AND voter.promoter = $2 FOR UPDATE
"""
SHARED = "SELECT 1 FROM selection_round WHERE id = $1 FOR SHARE"


async def standing(round_id: UUID) -> list[Candidate]:
    """The winner first, then what is ahead."""
    return [Candidate(**row) for row in await tenants.connection().fetch(STANDING, round_id)]


async def ballot_of(round_id: UUID, promoter: UUID) -> dict[UUID, int]:
    """What this promoter voted for: units they expect to sell, by candidate."""
    rows = await tenants.connection().fetch(VOTES, round_id, promoter)
    return {row["candidate"]: row["units"] for row in rows}


async def cast_ballot(round_id: UUID, promoter: UUID, wanted: Mapping[UUID, int]) -> None:
    """Exactly these votes from now on. Raises NotFound for who may not vote, RoundOver, TooManyVotes, InvalidInput."""
    found = await _enter(round_id, promoter)
    if len(wanted) > found.most_votes:
        raise TooManyVotes(most=found.most_votes)
    if any(not 0 <= units <= MOST_UNITS for units in wanted.values()):
        raise InvalidInput({"units": N_("Enter a whole number within the allowed range.")})
    if wanted.keys() - {candidate.id for candidate in await standing(round_id)}:
        raise NotFound
    database, moment = tenants.connection(), now()
    await database.execute(
        "DELETE FROM selection_vote USING selection_candidate AS candidate"
        " WHERE candidate.id = selection_vote.candidate AND candidate.round = $1 AND selection_vote.promoter = $2",
        round_id, promoter,
    )  # fmt: skip
    await database.executemany(
        "INSERT INTO selection_vote (id, candidate, promoter, units, voted_at) VALUES ($1, $2, $3, $4, $5)",
        [(new_id(), candidate, promoter, units, moment) for candidate, units in wanted.items()],
    )


async def propose(round_id: UUID, promoter: UUID, *, title: str, words: str, price_amount: int | None) -> UUID:
    """An idea in words, credited to its promoter. Raises NotFound, RoundOver, NoMoreProposals, InvalidInput."""
    found = await _enter(round_id, promoter)
    there, mine = await standing(round_id), await proposed_by(round_id, promoter)
    if not found.takes_proposals or mine >= MOST_PROPOSALS or len(there) >= MOST_CANDIDATES:
        raise NoMoreProposals
    wrong = {} if title and len(title) <= LONGEST_TITLE else {"title": N_("Name it in at most 80 characters.")}
    if len(words) > LONGEST_TEXT:
        wrong["words"] = N_("This is too long.")
    if wrong:
        raise InvalidInput(wrong)
    candidate = new_id()
    await tenants.connection().execute(
        "INSERT INTO selection_candidate (id, round, title, words, price_amount, proposed_by, added_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        candidate, round_id, title, words, price_amount, promoter, now(),
    )  # fmt: skip
    return candidate


async def proposed_by(round_id: UUID, promoter: UUID) -> int:
    """How many of this promoter's proposals count; one that the store removed does, one they withdrew does not."""
    found: int = await tenants.connection().fetchval(
        "SELECT count(*) FROM selection_candidate"
        " WHERE round = $1 AND proposed_by = $2 AND left_how <> 'withdrawn'",
        round_id, promoter,
    )  # fmt: skip
    return found


async def require_voter(round_id: UUID, promoter: UUID) -> Round:
    """The round, for who may vote in it. Raises NotFound for everybody else."""
    allowed = await tenants.connection().fetchval(
        "SELECT true FROM selection_voter WHERE round = $1 AND promoter = $2", round_id, promoter
    )
    if not allowed:
        raise NotFound
    return await find(round_id)


async def _enter(round_id: UUID, promoter: UUID) -> Round:
    """Before anything of a voter's is written: the round stays open and the voter's other hand waits."""
    database = tenants.connection()
    await database.execute(SHARED, round_id)
    if await database.fetchval(ENTER, round_id, promoter) is None:
        raise NotFound
    found = await find(round_id)
    if not found.takes_votes():
        raise RoundOver
    return found
