"""Room: coupons, member levels and points: why a shopper pays less than the list says."""

from app.promotions.claims import claim, claimed_by, in_account, on_offer
from app.promotions.coupons import (
    Claim,
    Coupon,
    find,
    find_by_code,
    normalize_code,
    persons,
    why_not,
)
from app.promotions.keeping import (
    CouponDraft,
    Usage,
    check_draft,
    coupons,
    pause_coupon,
    save_coupon,
    start_coupon,
    stop_coupon,
    usage_of,
    uses_by_day,
)
from app.promotions.levels import (
    Level,
    Membership,
    find_level,
    grant_level,
    level_for,
    levels,
    membership_of,
    remove_level,
    save_level,
    withdraw_level,
)
from app.promotions.lots import Lot, customers_with_points, ending_soon, expire_points, lots_of
from app.promotions.points import (
    Points,
    PointsEntry,
    adjust_points,
    earn,
    earned,
    entries_of,
    kept_share,
    move_points,
    points_of,
)
from app.promotions.points_terms import (
    PointsRule,
    change_level_days,
    change_points_rule,
    level_days,
    mark_expired,
    points_rule,
)
from app.promotions.redeeming import Spending, correct_discount, coupon_of_order, give_back, redeem
from app.promotions.refusals import CouponRefused, CouponUsedBefore, CouponUsedUp, NotEnoughPoints, UnknownCoupon

__all__ = [
    "Claim", "Coupon", "CouponDraft", "CouponRefused", "CouponUsedBefore", "CouponUsedUp", "Level", "Lot",
    "Membership", "NotEnoughPoints", "Points", "PointsEntry", "PointsRule", "Spending", "UnknownCoupon", "Usage",
    "adjust_points", "change_level_days", "change_points_rule", "check_draft", "claim", "claimed_by",
    "correct_discount", "coupon_of_order", "coupons", "customers_with_points", "earn", "earned", "ending_soon",
    "entries_of", "expire_points", "find", "find_by_code", "find_level", "give_back", "grant_level", "in_account",
    "kept_share", "level_days", "level_for", "levels", "lots_of", "mark_expired", "membership_of", "move_points",
    "normalize_code", "on_offer", "pause_coupon", "persons", "points_of", "points_rule", "redeem", "remove_level",
    "save_coupon", "save_level", "start_coupon", "stop_coupon", "usage_of", "uses_by_day", "why_not",
    "withdraw_level",
]  # fmt: skip
