"""Rows of orders that were placed before the goods were there."""

from piccolo.columns import BigInt, Boolean, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.kernel.columns import reference


class PresaleOrder(Table):
    """What was promised to one order of a pre-sale, and how far it is."""

    order_id = reference("orders", "Order", primary_key=True, on_delete=OnDelete.cascade)
    campaign = reference("group_buying", "Campaign")
    status = Text(default="deposit_pending")
    outcome = Text(default="")
    deposit_amount = BigInt(default=0)
    worth_amount = BigInt(default=0)
    forfeits = Boolean(default=False)
    opens_at = Timestamptz(default=None, null=True)
    due_at = Timestamptz(default=None, null=True)
    ships_at = Timestamptz(default=None)
    excused_at = Timestamptz(default=None, null=True)
    placed_at = Timestamptz(default=None)
    deposit_paid_at = Timestamptz(default=None, null=True)
    balance_opened_at = Timestamptz(default=None, null=True)
    reminded_at = Timestamptz(default=None, null=True)
    balance_paid_at = Timestamptz(default=None, null=True)
    confirmed_at = Timestamptz(default=None, null=True)
    closed_at = Timestamptz(default=None, null=True)
