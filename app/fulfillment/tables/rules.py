"""The store's rules: routing, promises of shipping, and what stands on papers."""

from piccolo.columns import JSONB, Array, Boolean, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key


class RoutingPolicy(Table):
    """One version of the rules which warehouse sends what, and which orders wait. Never changed."""

    id = key()
    version = Integer(default=None)
    valid_from = Timestamptz(default=None)
    rules = JSONB(default=None)
    holds = JSONB(default=None)
    shorts = Text(default="wait")
    note = Text(default="")
    changed_by = Text(default=None)
    created_at = Timestamptz(default=None)
    routing_version_counts_up = Unique([version])


class ShippingTerms(Table):
    """When a store promises that an order leaves, and whether it goes to the warehouse by itself: one row."""

    id = key()
    only_one = Boolean(default=True)
    release = Text(default="automatic")
    hours = Integer(default=48)
    cutoff_minute = Integer(default=1020)
    weekends = Boolean(default=True)
    holidays = Array(base_column=Date(), default=list)
    warn_hours = Integer(default=4)
    changed_by = Text(default="")
    changed_at = Timestamptz(default=None)
    there_are_terms_once = Unique([only_one])


class ShippingRules(Table):
    """When parcels are late and what labels show; one row at most."""

    id = key()
    only_one = Boolean(default=True)
    pickup_hours = Integer(default=48)
    still_hours = Integer(default=72)
    door_hours = Integer(default=48)
    lost_days = Integer(default=15)
    on_time_days = Integer(default=5)
    tells_shopper = Boolean(default=True)
    masks_phone = Boolean(default=False)
    sender_name = Text(default="")
    sender_phone = Text(default="")
    sender_address = Text(default="")
    updated_at = Timestamptz(default=None)
    there_is_one_set_of_shipping_rules = Unique([only_one])
