"""What one warehouse is asked to send of an order, what holds it, and what becomes of what is missing."""

from piccolo.columns import JSONB, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class FulfillmentOrder(Table):
    """The work order to a warehouse; its reference is what the warehouse knows."""

    id = key()
    order_id = reference("orders", "Order")
    warehouse = reference("fulfillment", "Warehouse")
    batch = reference("fulfillment", "FulfillmentBatch", null=True)
    reference = Text(default=None)
    status = Text(default=None)
    status_reason = Text(default="")
    warehouse_ref = Text(default=None, null=True)
    created_at = Timestamptz(default=None)
    submitted_at = Timestamptz(default=None, null=True)
    accepted_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    picked = Integer(default=0)
    packed_at = Timestamptz(default=None, null=True)
    asked_at = Timestamptz(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)
    released_at = Timestamptz(default=None, null=True)
    route = JSONB(default="{}")
    ship_by = Timestamptz(default=None, null=True)
    let_out = Boolean(default=False)
    stopping_at = Timestamptz(default=None, null=True)
    reference_is_unique = Unique([reference])


class FulfillmentOrderLine(Table):
    """How many of an order line the work order asks for."""

    id = key()
    fulfillment_order = reference("fulfillment", "FulfillmentOrder", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine")
    sku = Text(default=None)
    quantity = Integer(default=None)
    line_is_asked_once = Unique([fulfillment_order, order_line])


class FulfillmentBatch(Table):
    """Work orders of one day that are alike: the same warehouse, campaign, leader and goods."""

    id = key()
    day = Date(default=None)
    place = Integer(default=None)
    sort = Text(default=None)
    warehouse = reference("fulfillment", "Warehouse")
    campaign = reference("group_buying", "Campaign", null=True)
    leader = reference("promoters", "Promoter", null=True)
    title = Text(default="")
    image_key = Text(default="")
    created_at = Timestamptz(default=None)
    batch_has_a_place_of_its_own = Unique([day, place])
    batch_is_opened_once_a_day = Unique([day, sort])


class FulfillmentHold(Table):
    """An order that is not sent yet, and why; released by somebody or at a time."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    kind = Text(default=None)
    params = JSONB(default="{}")
    words = Text(default="")
    until = Timestamptz(default=None, null=True)
    opened_by = Text(default=None)
    opened_at = Timestamptz(default=None)
    released_by = Text(default="")
    released_at = Timestamptz(default=None, null=True)


class FulfillmentStop(Table):
    """A wish to take a work order back from its warehouse, and what shall follow."""

    id = key()
    fulfillment_order = reference("fulfillment", "FulfillmentOrder")
    purpose = Text(default=None)
    params = JSONB(default="{}")
    asked_by = Text(default=None)
    asked_at = Timestamptz(default=None)
    status = Text(default="asked")
    outcome = Text(default="")
    settled_at = Timestamptz(default=None, null=True)


class ShortPick(Table):
    """So many of a line a warehouse does not send, and what it found in their place."""

    id = key()
    fulfillment_order = reference("fulfillment", "FulfillmentOrder", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine")
    missing = Integer(default=None)
    found_sku = Text(default="")
    reason = Text(default="")
    status = Text(default="open")
    told_at = Timestamptz(default=None)
    created_at = Timestamptz(default=None)
    line_is_short_once = Unique([fulfillment_order, order_line])


class Substitution(Table):
    """Other goods that a shopper was offered in place of missing ones, and the answer."""

    id = key()
    fulfillment_order = reference("fulfillment", "FulfillmentOrder", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine", on_delete=OnDelete.cascade)
    units = Integer(default=None)
    variant = reference("catalog", "Variant")
    title = Text(default=None)
    price_amount = BigInt(default=None)
    paid_amount = BigInt(default=None)
    back_amount = BigInt(default=None)
    status = Text(default="proposed")
    answer_until = Timestamptz(default=None)
    proposed_by = Text(default=None)
    proposed_at = Timestamptz(default=None)
    answered_by = Text(default="")
    answered_at = Timestamptz(default=None, null=True)
    replacement = reference("orders", "Order", null=True)
