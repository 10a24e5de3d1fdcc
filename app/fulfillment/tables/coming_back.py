"""Goods on their way back to a warehouse."""

from piccolo.columns import Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class WarehouseReturn(Table):
    """Goods a customer sends back, as a warehouse they left knows of them."""

    id = key()
    aftersale = reference("aftersales", "Aftersale", on_delete=OnDelete.cascade)
    warehouse = reference("fulfillment", "Warehouse")
    reference = Text(default=None)
    order_reference = Text(default=None)
    warehouse_ref = Text(default="")
    announced_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    told_number = Text(default="")
    inspected_at = Timestamptz(default=None, null=True)
    aftersale_comes_back_to_a_warehouse_once = Unique([aftersale, warehouse])
    return_reference_is_unique = Unique([reference])


class WarehouseReturnLine(Table):
    """Units of one line of a request that come back to this warehouse, and what it found."""

    id = key()
    warehouse_return = reference("fulfillment", "WarehouseReturn", on_delete=OnDelete.cascade)
    aftersale_line = reference("aftersales", "AftersaleLine", on_delete=OnDelete.cascade)
    quantity = Integer(default=None)
    good_quantity = Integer(default=0)
    damaged_quantity = Integer(default=0)
    line_is_once_in_a_part = Unique([warehouse_return, aftersale_line])


class WayBack(Table):
    """How goods that could not be stopped come back, as the store decided."""

    id = key()
    fulfillment_stop = reference("fulfillment", "FulfillmentStop", on_delete=OnDelete.cascade)
    fulfillment_order = reference("fulfillment", "FulfillmentOrder", on_delete=OnDelete.cascade)
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    way = Text(default=None)
    aftersale = reference("aftersales", "Aftersale", null=True, on_delete=OnDelete.set_null)
    chosen_by = Text(default=None)
    chosen_at = Timestamptz(default=None)
    done_at = Timestamptz(default=None, null=True)
    wish_has_one_way_back = Unique([fulfillment_stop])
