"""Rows of what each promoter earns on each line."""

from piccolo.columns import JSONB, BigInt, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class CommissionLine(Table):
    """What one promoter earns on one order line, by one kind of work."""

    id = key()
    order_id = reference("orders", "Order")
    order_line = reference("orders", "OrderLine")
    decision = reference("attribution", "AttributionDecision")
    promoter = reference("promoters", "Promoter")
    link = reference("links", "TrackedLink", null=True)
    base_amount = BigInt(default=None)
    rate_bps = Integer(default=None)
    amount = BigInt(default=None)
    reversed_amount = BigInt(default=0)
    currency = Text(default=None)
    role = Text(default="promotion")
    status = Text(default=None)
    rule = JSONB(default="{}")
    created_at = Timestamptz(default=None)
    accrued_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    earned_at = Timestamptz(default=None, null=True)
    settle_at = Timestamptz(default=None, null=True)
    available_at = Timestamptz(default=None, null=True)
    line_earns_once_per_role = Unique([order_line, promoter, role])
