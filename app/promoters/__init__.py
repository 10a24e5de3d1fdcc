"""Room: people who may earn in this store."""

from app.promoters.logins import (
    EmailTaken,
    PromoterLogin,
    change_password_hash,
    clean_email,
    find_login,
    login_by_id,
    note_membership,
    register_login,
    stores_of,
)
from app.promoters.members import (
    HIGHEST_RATE_BPS,
    NotApproved,
    Promoter,
    apply,
    decide,
    everyone,
    find,
    find_by_login,
    promoters_by_id,
    suspend,
)

__all__ = [
    "HIGHEST_RATE_BPS", "EmailTaken", "NotApproved", "Promoter", "PromoterLogin", "apply", "change_password_hash",
    "clean_email", "decide", "everyone", "find", "find_by_login", "find_login", "login_by_id", "note_membership",
    "promoters_by_id", "register_login", "stores_of", "suspend",
]  # fmt: skip
