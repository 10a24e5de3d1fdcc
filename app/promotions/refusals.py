"""Why a coupon or points do not count, in words a shopper understands."""

from __future__ import annotations

from app.kernel.errors import Refusal


class CouponRefused(Refusal):
    """This coupon takes nothing off this order."""

    status = 409


class UnknownCoupon(CouponRefused):
    """Nothing of that code, or not given out any more; both answers are the same, so that codes cannot be tried out."""

    code = "promotions.unknown_coupon"
    message = "There is no coupon with this code. Check how it is written."


class CouponNotYet(CouponRefused):
    code = "promotions.coupon_not_yet"
    message = "This coupon does not count yet."


class CouponExpired(CouponRefused):
    code = "promotions.coupon_expired"
    message = "This coupon has expired."


class CouponPaused(CouponRefused):
    code = "promotions.coupon_paused"
    message = "This coupon is paused. Try again later."


class CouponNotForThese(CouponRefused):
    code = "promotions.coupon_not_for_these"
    message = "This coupon is for other goods than those in the cart."


class CouponNeedsMore(CouponRefused):
    code = "promotions.coupon_needs_more"
    message = "This coupon needs goods for %(missing)s more."


class CouponUsedUp(CouponRefused):
    code = "promotions.coupon_used_up"
    message = "This coupon is used up."


class CouponUsedBefore(CouponRefused):
    code = "promotions.coupon_used_before"
    message = "You have used this coupon as often as one person may."


class CouponClaimed(CouponRefused):
    code = "promotions.coupon_claimed"
    message = "This coupon is in your account already."


class NotEnoughPoints(Refusal):
    """Some were spent elsewhere in the meantime."""

    code = "promotions.not_enough_points"
    status = 409
    message = "You have fewer points than before. Look at the total and confirm again."
