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
    proposed_by,
    require_voter,
    standing,
)
from app.selection.leaving import Left, left_of, move_end, remove, take_ballot_back, withdraw
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
    "MOST_PROPOSALS", "Candidate", "Left", "NoMoreProposals", "Round", "RoundDraft", "RoundOver", "TooManyVotes",
    "ballot_of", "cast_ballot", "close_round", "find", "left_of", "listed", "move_end", "note_campaign", "open_round",
    "propose", "proposed_by", "remove", "require_voter", "rounds_for", "standing", "take_ballot_back", "voters_of",
    "withdraw",
]  # fmt: skip
