"""Rows of pickup points, what goes to them, and who came for it."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class PickupPoint(Table):
    """Where a leader hands goods out."""

    id = key()
    leader = reference("promoters", "Promoter")
    name = Text(default=None)
    contact = Text(default=None)
    phone = Text(default=None)
    country = Text(default="CN")
    region = Text(default="")
    city = Text(default="")
    district = Text(default="")
    street = Text(default="")
    postal_code = Text(default="")
    opening_hours = Text(default="")
    note = Text(default="")
    status = Text(default="pending")
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    decided_at = Timestamptz(default=None, null=True)
    decided_by = Text(default="")


class PickupBatch(Table):
    """What one campaign sends to one point, decided at the cut-off."""

    id = key()
    campaign = reference("group_buying", "Campaign")
    point = reference("pickups", "PickupPoint")
    verdict = Text(default=None)
    orders = Integer(default=None)
    units = BigInt(default=None)
    amount = BigInt(default=None)
    decided_at = Timestamptz(default=None)
    arrived_at = Timestamptz(default=None, null=True)
    arrived_by = Text(default="")
    point_is_decided_once = Unique([campaign, point])


class Pickup(Table):
    """One order that somebody comes for, at a point or with its leader. The rates are a snapshot of the rules."""

    order_id = reference("orders", "Order", primary_key=True, on_delete=OnDelete.cascade)
    campaign = reference("group_buying", "Campaign")
    point = reference("pickups", "PickupPoint", null=True)
    leader = reference("promoters", "Promoter", null=True)
    status = Text(default="waiting")
    code_hash = Text(default=None)
    code_round = Integer(default=0)
    pickup_bps = Integer(default=0)
    cap_bps = Integer(default=10000)
    overdue_days = Integer(default=3)
    arrived_at = Timestamptz(default=None, null=True)
    collected_at = Timestamptz(default=None, null=True)
    collected_by = Text(default="")
    completed_at = Timestamptz(default=None, null=True)
    reminded_at = Timestamptz(default=None, null=True)
    code_opens_one_order = Unique([code_hash])


class PickupEvent(Table):
    """What happened at the point, and who did it."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    cause = Text(default=None)
    actor = Text(default=None)
    at = Timestamptz(default=None)
