"""Room: people who may earn in this store."""

from app.promoters.levels import (
    Level,
    LevelChange,
    fix_level,
    level_at,
    level_changes,
    level_for,
    levels,
    remove_level,
    save_level,
    set_level,
)
from app.promoters.lineage import (
    Below,
    Circle,
    Move,
    TooDeep,
    below,
    depth_histogram,
    move,
    moves_of,
    uplines_of,
)
from app.promoters.logins import PromoterLogin, login_by_id, note_membership, stores_of
from app.promoters.members import (
    ASKED_BACK_EVERY,
    HIGHEST_RATE_BPS,
    KINDS,
    NotALeader,
    NotApproved,
    Promoter,
    apply,
    decide,
    everyone,
    find,
    find_by_email,
    find_by_login,
    leaders,
    lock,
    note_asked_back,
    set_kinds,
    set_leader,
    suspend,
)
from app.promoters.policy import (
    Entry,
    OnInactive,
    PromoterPolicy,
    hold_policy,
    note_review,
    read_policy,
    reviewed_on,
    save_policy,
)
from app.promoters.terms import Terms, accept_terms, accepted_at, current_terms, find_terms, publish_terms

__all__ = [
    "ASKED_BACK_EVERY", "HIGHEST_RATE_BPS", "KINDS", "Below", "Circle", "Entry", "Level", "LevelChange", "Move",
    "NotALeader", "NotApproved", "OnInactive", "Promoter", "PromoterLogin", "PromoterPolicy", "Terms", "TooDeep",
    "accept_terms", "accepted_at", "apply", "below", "current_terms", "decide", "depth_histogram", "everyone", "find",
    "find_by_email", "find_by_login", "find_terms", "fix_level", "hold_policy", "leaders", "level_at",
    "level_changes", "level_for", "levels", "lock", "login_by_id", "move", "moves_of", "note_asked_back",
    "note_membership", "note_review", "publish_terms", "read_policy", "remove_level", "reviewed_on", "save_level",
    "save_policy", "set_kinds", "set_leader", "set_level", "stores_of", "suspend", "uplines_of",
]  # fmt: skip
