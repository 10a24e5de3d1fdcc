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
from app.contests.leaderboards import (
    PERIODS,
    RANKED_BY,
    SHOWS,
    LeaderboardSetting,
    nicknames_of,
    read_setting,
    save_nickname,
    save_setting,
)
from app.contests.news import channel, tell_watchers
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
    frozen_tallies,
    mark_paid,
    owe,
    results_of,
    take_back,
)
from app.contests.states import IllegalMove

__all__ = [
    "METRICS", "MOST_ENTRANTS", "MOST_PRIZES", "MOST_SIDES", "PERIODS", "RANKED_BY", "SCOPES", "SHOWS",
    "SPLITS", "Award", "Contest", "ContestDraft", "Correction", "CountedOrder", "Event", "IllegalMove",
    "LeaderboardSetting", "MoreThanWasPaid", "Result", "Side", "SideTally", "Tally", "awards_of", "awards_to",
    "channel", "contests_of", "corrections_of", "events_of", "find", "find_award", "freeze", "frozen_orders",
    "frozen_tallies", "listed", "mark_paid", "move", "nicknames_of", "of_session", "owe", "prize_for",
    "prizes_of", "products_of", "ranked", "read_setting", "results_of", "save_draft", "save_nickname",
    "save_setting", "shares", "sides_of", "take_back", "tell_watchers", "waiting", "words",
]  # fmt: skip
