"""What a person must look at, and the nightly comparison."""

from piccolo.columns import JSONB, BigInt, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class FulfillmentException(Table):
    """One thing of shipping that a person must look at, until it is resolved."""

    id = key()
    kind = Text(default=None)
    subject = Text(default=None)
    order_id = reference("orders", "Order", null=True)
    fulfillment_order = reference("fulfillment", "FulfillmentOrder", null=True)
    fulfillment = reference("fulfillment", "Fulfillment", null=True)
    warehouse = reference("fulfillment", "Warehouse", null=True)
    severity = Text(default=None)
    params = JSONB(default="{}")
    amount = BigInt(default=0)
    currency = Text(default="")
    status = Text(default="open")
    opened_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    resolved_at = Timestamptz(default=None, null=True)
    resolved_by = Text(default="")
    deed = Text(default="")
    note = Text(default="")


class GoodsCheck(Table):
    """One night's comparison of orders, warehouses and carriers."""

    id = key()
    day = Date(default=None)
    status = Text(default="running")
    asked = Integer(default=0)
    unanswered = Integer(default=0)
    differences = Integer(default=0)
    amount = BigInt(default=0)
    started_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
    day_is_compared_once = Unique([day])
