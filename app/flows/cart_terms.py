"""What a shopper may pay less for, read with the cart in one statement and turned into the rules that price it.

Only a chosen coupon that really counts becomes a rule; otherwise `problem` says why it does not, and the cart is priced
without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app import orders, promotions
from app.kernel.clock import now
from app.kernel.money import CURRENCIES

# A scalar of the row `cart`; $3 is the customer, or null. Without customer and coupon it reads next to nothing.
TERMS = """jsonb_build_object(
    'coupon', (SELECT to_jsonb(chosen) FROM coupon AS chosen WHERE chosen.id = cart.coupon),
    'claim', (SELECT jsonb_build_object('id', mine.id, 'expires_at', mine.expires_at, 'coupon_use', mine.coupon_use)
        FROM coupon_claim AS mine WHERE mine.coupon = cart.coupon AND mine.customer = $3),
    'used_before', (SELECT count(*) FROM coupon_use AS mine WHERE mine.coupon = cart.coupon AND mine.customer = $3
        AND mine.status = 'used'),
    'level', (SELECT to_jsonb(level) FROM member_level AS level WHERE $3 IS NOT NULL AND level.id = coalesce(
        (SELECT given.level FROM member_grant AS given WHERE given.customer = $3
            AND (given.until IS NULL OR given.until > now())),
        (SELECT reached.id FROM member_level AS reached WHERE reached.threshold_amount <= (
            SELECT coalesce(sum(paid.paid_amount - paid.refunded_amount), 0) FROM orders AS paid
            WHERE paid.customer = $3 AND paid.paid_at > now()
                - make_interval(days => coalesce((SELECT level_days FROM points_rule), 365)))
        ORDER BY reached.threshold_amount DESC, reached.position DESC, reached.id DESC LIMIT 1))),
    'points', (SELECT balance FROM points_balance WHERE customer = $3),
    'points_rule', (SELECT to_jsonb(rule) FROM points_rule AS rule),
    'use_points', cart.use_points)"""


class Read(msgspec.Struct, frozen=True):
    """The answer of TERMS."""

    coupon: promotions.Coupon | None = None
    claim: promotions.Claim | None = None
    used_before: int = 0
    level: promotions.Level | None = None
    points: int | None = None
    points_rule: promotions.PointsRule | None = None
    use_points: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What applies to one cart. `problem` is set when the chosen coupon does not count."""

    rules: orders.PriceRules
    coupon: promotions.Coupon | None = None
    claim: promotions.Claim | None = None
    problem: promotions.CouponRefused | None = None
    level: promotions.Level | None = None
    points: int = 0
    points_rule: promotions.PointsRule = field(default_factory=promotions.PointsRule)
    use_points: bool = False

    @property
    def counting_coupon(self) -> promotions.Coupon | None:
        return None if self.problem else self.coupon

    @property
    def may_use_points(self) -> bool:
        return self.points > 0 and self.points_rule.spend_points > 0


def decide(terms_json: str, lines: Sequence[orders.PriceLine], base: orders.PriceRules) -> Terms:
    """Turn what was read into rules for these lines; `base` holds the rules that are not about promotions."""
    read = msgspec.json.decode(terms_json, type=Read)
    rule, points = read.points_rule or promotions.PointsRule(), read.points or 0
    spends = read.use_points and points > 0 and rule.spend_points > 0
    rules = msgspec.structs.replace(
        base, member=_member_rule(read.level), points=_points_rule(rule, points) if spends else None
    )
    terms = Terms(rules, level=read.level, points=points, points_rule=rule, use_points=spends)
    return with_coupon(terms, lines, read.coupon, read.claim, read.used_before) if read.coupon else terms


def with_coupon(
    terms: Terms,
    lines: Sequence[orders.PriceLine],
    coupon: promotions.Coupon,
    claim: promotions.Claim | None,
    used_before: int = 0,
    at: datetime | None = None,
) -> Terms:
    """The same terms with this coupon, if it counts for these lines."""
    rule = coupon_rule(coupon)
    covers = any(rule.covers(line) for line in lines)
    base = orders.price(lines, msgspec.structs.replace(terms.rules, coupon=rule)).coupon_base
    problem = promotions.why_not(
        coupon, claim, at=at or now(), base=base if covers else None, currency=tenants.current().currency,
        used_before=used_before,
    )  # fmt: skip
    open_claim = claim if claim and claim.is_open(at or now()) else None
    rules = msgspec.structs.replace(terms.rules, coupon=None if problem else rule)
    return replace(terms, rules=rules, coupon=coupon, claim=open_claim, problem=problem)


def coupon_rule(coupon: promotions.Coupon) -> orders.CouponRule:
    return orders.CouponRule(
        coupon.id, coupon.code, coupon.kind, coupon.amount, coupon.bps, coupon.cap_amount, coupon.from_amount,
        coupon.scope, coupon.targets, coupon.version,
    )  # fmt: skip


def _points_rule(rule: promotions.PointsRule, points: int) -> orders.PointsRule:
    unit = CURRENCIES[tenants.current().currency].unit
    return orders.PointsRule(points, rule.spend_points, unit, rule.max_share_bps, rule.version)


def _member_rule(level: promotions.Level | None) -> orders.MemberRule | None:
    return orders.MemberRule(level.id, level.name, level.discount_bps) if level and level.discount_bps else None


def spending(
    order_id: UUID, terms: Terms, priced: orders.Priced, *, customer: UUID | None, phone: str, email: str
) -> promotions.Spending | None:
    """What the order takes of coupon and points; None when it takes neither."""
    coupon = terms.counting_coupon
    if coupon is None and not priced.points:
        return None
    return promotions.Spending(
        order_id=order_id,
        customer=customer,
        coupon=coupon,
        claim=terms.claim if coupon else None,
        discount_amount=priced.sum("coupon_amount"),
        persons=promotions.persons(customer, phone, email) if coupon else (),
        points=priced.points,
    )
