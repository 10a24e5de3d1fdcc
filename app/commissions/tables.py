"""Rows of what each promoter earns on each line."""

from piccolo.columns import JSONB, Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class CommissionLine(Table):
    """What one promoter earns on one line, of an order of ours or of one placed elsewhere, by one kind of work."""

    id = key()
    order_id = reference("orders", "Order", null=True)
    order_line = reference("orders", "OrderLine", null=True)
    decision = reference("attribution", "AttributionDecision", null=True)
    promoter = reference("promoters", "Promoter")
    link = reference("links", "TrackedLink", null=True)
    base_amount = BigInt(default=None)
    rate_bps = Integer(default=None)
    amount = BigInt(default=None)
    reversed_amount = BigInt(default=0)
    currency = Text(default=None)
    role = Text(default="promotion")
    status = Text(default=None)
    held_because = Text(default="")
    rule = JSONB(default="{}")
    created_at = Timestamptz(default=None)
    accrued_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    earned_at = Timestamptz(default=None, null=True)
    settle_at = Timestamptz(default=None, null=True)
    available_at = Timestamptz(default=None, null=True)
    flat_amount = BigInt(default=0)
    units = Integer(default=0)
    reserve_bps = Integer(default=0)
    reserve_until = Timestamptz(default=None, null=True)
    external_line = reference("external_sales", "ExternalLine", null=True)
    turn = Integer(default=0)
    line_earns_once_per_role = Unique([order_line, promoter, role])
    line_elsewhere_earns_once_a_turn = Unique([external_line, turn, promoter, role])


class CommissionPlan(Table):
    """One version of what the store promises its promoters."""

    id = key()
    version = Integer(default=None)
    name = Text(default="")
    note = Text(default="")
    status = Text(default="draft")
    valid_from = Timestamptz(default=None, null=True)
    retired_at = Timestamptz(default=None, null=True)
    cap_bps = Integer(default=None)
    channel = Text(default="own")
    guard_refuses = Boolean(default=True)
    cost_bps = Integer(default=0)
    freight_amount = BigInt(default=0)
    fee_bps = Integer(default=0)
    coupon_bps = Integer(default=0)
    declared = Array(base_column=Text(), default=list)
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    published_by = Text(default="")
    published_at = Timestamptz(default=None, null=True)
    plan_version_is_unique = Unique([version])


class CommissionRule(Table):
    """What one version says about some goods or people."""

    id = key()
    plan = reference("commissions", "CommissionPlan", on_delete=OnDelete.cascade)
    position = Integer(default=None)
    name = Text(default="")
    scope = Text(default="tenant")
    target = Text(default="")
    priority = Integer(default=0)
    shape = Text(default="parallel")
    depth = Integer(default=1)
    rates = Array(base_column=Integer(), default=list)
    fees = Array(base_column=BigInt(), default=list)
    by_level = JSONB(default="{}")
    created_at = Timestamptz(default=None)


class PlanSimulation(Table):
    """A plan tried on orders of a past time: asked, counted, and what came of it for each promoter."""

    id = key()
    plan = reference("commissions", "CommissionPlan", on_delete=OnDelete.cascade)
    from_at = Timestamptz(default=None)
    until_at = Timestamptz(default=None)
    status = Text(default="waiting")
    done_orders = Integer(default=0)
    all_orders = Integer(default=0)
    last_order = plain_id(null=True)
    result = JSONB(default="{}")
    failure = Text(default="")
    asked_by = Text(default=None)
    asked_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
