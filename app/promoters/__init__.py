"""Room: people who may earn in this store."""

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

__all__ = [
    "HIGHEST_RATE_BPS", "NotALeader", "NotApproved", "Promoter", "PromoterLogin", "apply", "decide", "everyone", "find",
    "find_by_login", "leaders", "lock", "login_by_id", "note_membership", "set_leader", "stores_of", "suspend",
]  # fmt: skip
