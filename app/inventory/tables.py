"""Rows of stock per variant and warehouse, and what is promised of it."""

from piccolo.columns import BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class StockLevel(Table):
    """How many of a variant one warehouse has, and how many are promised."""

    id = key()
    variant = reference("catalog", "Variant", on_delete=OnDelete.cascade)
    warehouse = reference("fulfillment", "Warehouse")
    on_hand = BigInt(default=0)
    reserved = BigInt(default=0)
    allocated = BigInt(default=0)
    incoming = BigInt(default=0)
    tracked = Boolean(default=True)
    oversell = Boolean(default=False)
    updated_at = Timestamptz(default=None)
    safety = BigInt(default=0)
    low_at = BigInt(default=None, null=True)
    own_safety = Boolean(default=False)
    one_level_per_warehouse = Unique([variant, warehouse])


class Reservation(Table):
    """Units promised to one order line: held until paid, then allocated until shipped."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine", on_delete=OnDelete.cascade)
    variant = reference("catalog", "Variant")
    warehouse = reference("fulfillment", "Warehouse")
    quantity = Integer(default=None)
    shipped_quantity = Integer(default=0)
    status = Text(default=None)
    expires_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    loan = reference("inventory", "StockLoan", null=True)
    line_is_reserved_once_per_warehouse = Unique([order_line, warehouse])


class StockLoan(Table):
    """Units set apart for somebody who sells them on air; what is left of them counts as reserved on the level."""

    id = key()
    source_id = plain_id()
    variant = reference("catalog", "Variant")
    warehouse = reference("fulfillment", "Warehouse")
    quantity = Integer(default=None)
    left_over = Integer(default=None)
    status = Text(default="open")
    lent_at = Timestamptz(default=None)
    returned_at = Timestamptz(default=None, null=True)
    source_borrows_once = Unique([source_id])


class StockMove(Table):
    """Units that came to a shelf or left it, and why. What is on hand is the sum of `delta`. Never changed afterwards.

    Scrap never was on the shelf, so it moves nothing. `source_id` is what can move units once; `about` is what a
    reader follows: an order, a stock take, a transfer.
    """

    id = key()
    kind = Text(default=None)
    variant = reference("catalog", "Variant")
    warehouse = reference("fulfillment", "Warehouse")
    quantity = Integer(default=None)
    source_id = plain_id()
    actor = Text(default=None)
    at = Timestamptz(default=None)
    delta = BigInt(default=0)
    about = plain_id(null=True)
    reason = Text(default="")
    words = Text(default="")
    source_moves_once = Unique([source_id, kind])


class StockRule(Table):
    """What levels follow that have no line of their own. A store that never said anything has no row."""

    id = key()
    only_one = Boolean(default=True)
    low_at = BigInt(default=5)
    safety = BigInt(default=0)
    updated_at = Timestamptz(default=None)
    there_is_one_stock_rule = Unique([only_one])


class StockArrival(Table):
    """Units on their way to a shelf: ordered somewhere, or sent from another warehouse. Open ones are `incoming`."""

    id = key()
    kind = Text(default=None)
    variant = reference("catalog", "Variant")
    warehouse = reference("fulfillment", "Warehouse")
    origin = reference("fulfillment", "Warehouse", null=True)
    expected = Integer(default=None)
    received = Integer(default=0)
    due_on = Date(default=None, null=True)
    status = Text(default="expected")
    words = Text(default="")
    actor = Text(default=None)
    about = plain_id(null=True)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)


class StockTake(Table):
    """A count of what lies in one warehouse."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    title = Text(default=None)
    blind = Boolean(default=False)
    status = Text(default="counting")
    opened_by = Text(default=None)
    opened_at = Timestamptz(default=None)
    closed_by = Text(default="")
    closed_at = Timestamptz(default=None, null=True)


class StockTakeLine(Table):
    """What was counted of one variant, and what the journal says lay there at that moment."""

    id = key()
    stock_take = reference("inventory", "StockTake", on_delete=OnDelete.cascade)
    variant = reference("catalog", "Variant")
    counted = BigInt(default=None, null=True)
    seen = BigInt(default=None, null=True)
    counted_by = Text(default="")
    counted_at = Timestamptz(default=None, null=True)
    applied_at = Timestamptz(default=None, null=True)
    take_has_a_variant_once = Unique([stock_take, variant])


class StockQuota(Table):
    """Units of a variant for one campaign, host or channel; its loan has the quota as its source."""

    id = key()
    kind = Text(default=None)
    subject = plain_id()
    variant = reference("catalog", "Variant")
    falls_back = Boolean(default=True)
    note = Text(default="")
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)
    closed_by = Text(default="")
    closed_at = Timestamptz(default=None, null=True)
