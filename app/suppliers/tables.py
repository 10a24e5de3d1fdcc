"""Rows of suppliers, what comes from whom, and what it costs."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Supplier(Table):
    """Who owns goods the store sells; `warehouse` is where its own parcels leave from."""

    id = key()
    name = Text(default=None)
    contact = Text(default="")
    email = Text(default="")
    phone = Text(default="")
    locale = Text(default="")
    due_days = Integer(default=30)
    minimum_amount = BigInt(default=0)
    takes_returns = Boolean(default=True)
    note = Text(default="")
    status = Text(default="active")
    warehouse = reference("fulfillment", "Warehouse", null=True)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    supplier_name_is_unique = Unique([name])
    supplier_warehouse_is_its_own = Unique([warehouse])


class SupplierLink(Table, tablename="supplier_link"):
    """A variant comes from a supplier, under the supplier's own number."""

    id = key()
    variant = reference("catalog", "Variant", on_delete=OnDelete.cascade)
    supplier = reference("suppliers", "Supplier")
    supplier_sku = Text(default="")
    lead_days = Integer(default=0)
    drop_ship = Boolean(default=False)
    is_main = Boolean(default=False)
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    variant_is_linked_once = Unique([variant, supplier])


class SupplierCost(Table, tablename="supplier_cost"):
    """What one unit costs from a moment on. Never changed afterwards."""

    id = key()
    supplier_link = reference("suppliers", "SupplierLink", on_delete=OnDelete.cascade)
    amount = BigInt(default=None)
    valid_from = Timestamptz(default=None)
    set_by = Text(default=None)
    set_at = Timestamptz(default=None)
