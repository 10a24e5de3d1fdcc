"""Room: contests between promoters or teams, what counted in the end, and the prizes."""

from app.contests import words
from app.contests.contests import (
    METRICS,
    MOST_ENTRANTS,
    MOST_PRIZES,
    MOST_SIDES,
    SCOPES,
    SPLITS,
    Contest,
    ContestDraft,
    Event,
    Side,
    contests_of,
    events_of,
    find,
    listed,
    move,
    of_session,
    prizes_of,
    products_of,
    save_draft,
    sides_of,
    waiting,
)
from app.contests.ranking import SideTally, Tally, prize_for, ranked, shares
from app.contests.results import (
    Award,
    Correction,
    CountedOrder,
    MoreThanWasPaid,
    Result,
    awards_of,
    awards_to,
    corrections_of,
    find_award,
    freeze,
    frozen_orders,
    frozen_scores,
    mark_paid,
    owe,
    results_of,
    take_back,
)
from app.contests.states import IllegalMove

__all__ = [
    "METRICS", "MOST_ENTRANTS", "MOST_PRIZES", "MOST_SIDES", "SCOPES", "SPLITS", "Award", "Contest", "ContestDraft",
    "Correction", "CountedOrder", "Event", "IllegalMove", "MoreThanWasPaid", "Result", "Side", "SideTally", "Tally",
    "awards_of", "awards_to", "contests_of", "corrections_of", "events_of", "find", "find_award", "freeze",
    "frozen_orders", "frozen_scores", "listed", "mark_paid", "move", "of_session", "owe", "prize_for", "prizes_of",
    "products_of", "ranked", "results_of", "save_draft", "shares", "sides_of", "take_back", "waiting", "words",
]  # fmt: skip
