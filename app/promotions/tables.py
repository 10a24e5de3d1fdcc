"""Rows of coupons, member levels and points."""

from piccolo.columns import UUID, Array, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Coupon(Table):
    """A promise to take something off, and how often it may be kept."""

    id = key()
    code = Text(default="")
    name = Text(default=None)
    kind = Text(default=None)
    amount = BigInt(default=0)
    bps = Integer(default=0)
    cap_amount = BigInt(default=None, null=True)
    from_amount = BigInt(default=0)
    scope = Text(default="all")
    targets = Array(base_column=UUID(), default=list)
    issue_total = Integer(default=None, null=True)
    per_customer_limit = Integer(default=None, null=True)
    starts_at = Timestamptz(default=None, null=True)
    ends_at = Timestamptz(default=None, null=True)
    valid_days = Integer(default=None, null=True)
    claimable = Boolean(default=False)
    status = Text(default="draft")
    owner = reference("promoters", "Promoter", null=True)
    issued_count = Integer(default=0)
    used_count = Integer(default=0)
    version = Integer(default=1)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class CouponClaim(Table):
    """One coupon in a customer's account, good for one order."""

    id = key()
    coupon = reference("promotions", "Coupon")
    customer = reference("customers", "Customer", on_delete=OnDelete.cascade)
    claimed_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None, null=True)
    coupon_use = plain_id(null=True)
    coupon_is_claimed_once = Unique([coupon, customer])


class CouponUse(Table):
    """One order that was placed with a coupon."""

    id = key()
    coupon = reference("promotions", "Coupon")
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    customer = reference("customers", "Customer", null=True)
    claim = plain_id(null=True)
    owner = reference("promoters", "Promoter", null=True)
    discount_amount = BigInt(default=None)
    status = Text(default="used")
    used_at = Timestamptz(default=None)
    returned_at = Timestamptz(default=None, null=True)
    one_coupon_per_order = Unique([order_id])


class CouponPerson(Table):
    """One of the times a person may use a coupon, taken."""

    id = key()
    coupon = reference("promotions", "Coupon")
    coupon_use = reference("promotions", "CouponUse", on_delete=OnDelete.cascade)
    person = Text(default=None)
    slot = Integer(default=None)
    slot_is_taken_once = Unique([coupon, person, slot])


class MemberLevel(Table):
    """A level that customers reach by what they paid in a year."""

    id = key()
    name = Text(default=None)
    threshold_amount = BigInt(default=None)
    discount_bps = Integer(default=0)
    position = Integer(default=0)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    level_name_is_unique = Unique([name])


class MemberGrant(Table):
    """A level given by hand."""

    id = key()
    customer = reference("customers", "Customer", on_delete=OnDelete.cascade)
    level = reference("promotions", "MemberLevel", on_delete=OnDelete.cascade)
    until = Timestamptz(default=None, null=True)
    granted_by = Text(default=None)
    granted_at = Timestamptz(default=None)
    one_grant_per_customer = Unique([customer])


class PointsRule(Table):
    """How points are earned and what they are worth: one row."""

    id = key()
    only_one = Boolean(default=True)
    earn_points = Integer(default=0)
    spend_points = Integer(default=0)
    max_share_bps = Integer(default=5000)
    expiry = Text(default="never")
    good_for_months = Integer(default=12)
    expiry_day = Text(default="12-31")
    expiry_since = Timestamptz(default=None, null=True)
    expired_on = Date(default=None, null=True)
    level_days = Integer(default=365)
    version = Integer(default=1)
    updated_at = Timestamptz(default=None)
    there_is_one_rule = Unique([only_one])


class PointsBalance(Table):
    """What a customer may spend; what could not be taken back is owed."""

    customer = reference("customers", "Customer", primary_key=True)
    balance = BigInt(default=0)
    owed = BigInt(default=0)
    updated_at = Timestamptz(default=None)


class PointsEntry(Table):
    """One movement of points; balance less owed is their sum."""

    id = key()
    customer = reference("customers", "Customer")
    order_id = reference("orders", "Order", null=True)
    kind = Text(default=None)
    points = BigInt(default=None)
    source_id = plain_id()
    note = Text(default="")
    at = Timestamptz(default=None)
    lot = plain_id(null=True)
    moved_by = Text(default="")
    entry_is_written_once = Unique([kind, source_id])
