"""Rows of touches and the decision whose sale a line was."""

from piccolo.columns import JSONB, BigInt, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Touch(Table):
    """One arrival that may count for somebody; never changed."""

    id = key()
    visitor_id = plain_id()
    customer = reference("customers", "Customer", null=True)
    kind = Text(default=None)
    promoter = reference("promoters", "Promoter")
    link = reference("links", "TrackedLink", null=True)
    live_session = reference("live", "LiveSession", null=True)
    click = reference("links", "Click", null=True)
    occurred_at = Timestamptz(default=None)
    evidence = JSONB(default="{}")
    click_touches_once = Unique([click])


class AttributionDecision(Table):
    """Whose sale an order line was, with winners, losers and reasons."""

    id = key()
    order_id = reference("orders", "Order")
    order_line = reference("orders", "OrderLine")
    status = Text(default=None)
    promoter = reference("promoters", "Promoter", null=True)
    link = reference("links", "TrackedLink", null=True)
    live_session = reference("live", "LiveSession", null=True)
    touch = reference("attribution", "Touch", null=True)
    reason = Text(default=None)
    rule_version = Text(default=None)
    receipt = JSONB(default=None)
    base_amount = BigInt(default=0)
    refunded_amount = BigInt(default=0)
    decided_at = Timestamptz(default=None)
    finalized_at = Timestamptz(default=None, null=True)
    line_is_decided_once = Unique([order_line])
