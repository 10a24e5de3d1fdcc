"""Rows of orders that were placed before the goods were there, and of tests whether they are wanted."""

from piccolo.columns import JSONB, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


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


class DemandTest(Table):
    """What was decided about a demand test."""

    campaign = reference("group_buying", "Campaign", primary_key=True, on_delete=OnDelete.cascade)
    extended = Integer(default=0)
    verdict = Text(default="")
    close_call = Boolean(default=False)
    facts = JSONB(default="{}")
    decided_at = Timestamptz(default=None, null=True)


class DemandMark(Table):
    """Somebody looked, or wants it: a keyed hash that says nothing about them."""

    id = key()
    campaign = reference("group_buying", "Campaign", on_delete=OnDelete.cascade)
    kind = Text(default=None)
    mark = Text(default=None)
    at = Timestamptz(default=None)
    counted_once = Unique([campaign, kind, mark])
