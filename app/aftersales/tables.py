"""Rows of returns, exchanges and claims: what was asked, every step, what was said and shown."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Aftersale(Table):
    """One request about some units of one order. Its status is where its last event ended."""

    id = key()
    number = Text(default=None)
    order_id = reference("orders", "Order")
    customer = reference("customers", "Customer", null=True)
    kind = Text(default=None)
    status = Text(default=None)
    opened_by = Text(default=None)
    reason = Text(default=None)
    words = Text(default="")
    currency = Text(default=None)
    wanted_amount = BigInt(default=None)
    offered_amount = BigInt(default=None, null=True)
    refunded_amount = BigInt(default=0)
    decision_words = Text(default="")
    return_address = Text(default="")
    label_words = Text(default="")
    carrier = Text(default="")
    tracking_number = Text(default="")
    waits_for = Text(default="")
    deadline_at = Timestamptz(default=None, null=True)
    default_outcome = Text(default="")
    inspected_at = Timestamptz(default=None, null=True)
    exchange_order = reference("orders", "Order", null=True)
    disputed_at = Timestamptz(default=None, null=True)
    disputed_by = Text(default="")
    dispute_words = Text(default="")
    ruled_at = Timestamptz(default=None, null=True)
    ruling = Text(default="")
    ruling_words = Text(default="")
    settled_directly = Boolean(default=False)
    rest_id = plain_id(null=True)
    event_seq = Integer(default=0)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)
    aftersale_number_is_unique = Unique([number])


class AftersaleLine(Table):
    """So many units of one order line, what they are worth, and what the inspection found."""

    id = key()
    aftersale = reference("aftersales", "Aftersale", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine")
    quantity = Integer(default=None)
    worth_amount = BigInt(default=None)
    exchange_variant = reference("catalog", "Variant", null=True)
    good_quantity = Integer(default=0)
    damaged_quantity = Integer(default=0)
    line_is_asked_once_per_request = Unique([aftersale, order_line])


class AftersaleEvent(Table):
    """One step, never changed afterwards; a step that keeps the status names it twice."""

    id = key()
    aftersale = reference("aftersales", "Aftersale", on_delete=OnDelete.cascade)
    seq = Integer(default=None)
    from_status = Text(default=None)
    to_status = Text(default=None)
    cause = Text(default=None)
    actor = Text(default=None)
    at = Timestamptz(default=None)
    event_seq_is_unique = Unique([aftersale, seq])


class AftersalePicture(Table):
    """A picture that shows what is wrong; only the two sides, and staff in a dispute, may see it."""

    id = key()
    aftersale = reference("aftersales", "Aftersale", on_delete=OnDelete.cascade)
    added_by = Text(default=None)
    storage_key = Text(default=None)
    width = Integer(default=None)
    height = Integer(default=None)
    created_at = Timestamptz(default=None)


class AftersaleMessage(Table):
    """Something one side wrote to the other."""

    id = key()
    aftersale = reference("aftersales", "Aftersale", on_delete=OnDelete.cascade)
    author = Text(default=None)
    name = Text(default="")
    words = Text(default=None)
    at = Timestamptz(default=None)


class AftersalePolicy(Table):
    """How long everybody has, and where goods go back to. A store without this row has the defaults."""

    id = key()
    only_one = Boolean(default=True)
    return_days = Integer(default=14)
    answer_hours = Integer(default=72)
    offer_days = Integer(default=3)
    ship_back_days = Integer(default=7)
    arrival_days = Integer(default=14)
    inspect_days = Integer(default=5)
    return_address = Text(default="")
    label_words = Text(default="")
    updated_at = Timestamptz(default=None)
    there_is_one_aftersale_policy = Unique([only_one])
