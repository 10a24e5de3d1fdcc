"""Room: people who may earn in this store."""

from app.promoters.levels import (
    Level,
    LevelChange,
    level_at,
    level_changes,
    level_for,
    levels,
    remove_level,
    save_level,
    set_level,
)
from app.promoters.lineage import (
    DEEPEST,
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
    HIGHEST_RATE_BPS,
    NotALeader,
    NotApproved,
    Promoter,
    apply,
    decide,
    everyone,
    find,
    find_by_login,
    leaders,
    lock,
    set_leader,
    suspend,
)
from app.promoters.policy import OnInactive, PromoterPolicy, read_policy, save_policy

__all__ = [
    "DEEPEST", "HIGHEST_RATE_BPS", "Below", "Circle", "Level", "LevelChange", "Move", "NotALeader", "NotApproved",
    "OnInactive", "Promoter", "PromoterLogin", "PromoterPolicy", "TooDeep", "apply", "below", "decide",
    "depth_histogram", "everyone", "find", "find_by_login", "leaders", "level_at", "level_changes", "level_for",
    "levels", "lock", "login_by_id", "move", "moves_of", "note_membership", "read_policy", "remove_level",
    "save_level", "save_policy", "set_leader", "set_level", "stores_of", "suspend", "uplines_of",
]  # fmt: skip
