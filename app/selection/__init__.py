"""Room: promoters choose what the store sells next."""

from app.selection.ballots import (
    MOST_PROPOSALS,
    Candidate,
    NoMoreProposals,
    RoundOver,
    TooManyVotes,
    ballot_of,
    cast_ballot,
    propose,
    require_voter,
    standing,
)
from app.selection.rounds import (
    Round,
    RoundDraft,
    close_round,
    find,
    listed,
    note_campaign,
    open_round,
    rounds_for,
    voters_of,
)

__all__ = [
    "MOST_PROPOSALS", "Candidate", "NoMoreProposals", "Round", "RoundDraft", "RoundOver", "TooManyVotes", "ballot_of",
    "cast_ballot", "close_round", "find", "listed", "note_campaign", "open_round", "propose", "require_voter",
    "rounds_for", "standing", "voters_of",
]  # fmt: skip
