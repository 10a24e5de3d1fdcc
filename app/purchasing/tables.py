"""Rows of what is ordered from suppliers, unit by unit, and what each version of a purchase order said."""

from piccolo.columns import JSONB, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class SupplySetting(Table, tablename="supply_setting"):
    """When the day's sales are ordered by themselves: one row."""

    id = key()
    only_one = Boolean(default=True)
    daily_at = Text(default="")
    last_run_on = Date(default=None, null=True)
    updated_at = Timestamptz(default=None)
    supply_has_one_setting = Unique([only_one])


class SupplyBatch(Table, tablename="supply_batch"):
    """What was ordered together at one cut-off."""

    id = key()
    number = Text(default=None)
    campaign = reference("group_buying", "Campaign", null=True)
    cut_off_at = Timestamptz(default=None)
    made_by = Text(default=None)
    made_at = Timestamptz(default=None)
    computed_at = Timestamptz(default=None)
    supply_batch_number_is_unique = Unique([number])


class PurchaseOrder(Table, tablename="purchase_order"):
    """What one supplier is asked for, and what it answered."""

    id = key()
    number = Text(default=None)
    supplier = reference("suppliers", "Supplier")
    batch = reference("purchasing", "SupplyBatch")
    supplements = reference("purchasing", "PurchaseOrder", null=True)
    version = Integer(default=1)
    status = Text(default="sent")
    currency = Text(default=None)
    total_amount = BigInt(default=0)
    words = Text(default="")
    sent_at = Timestamptz(default=None)
    answered_at = Timestamptz(default=None, null=True)
    answered_by = Text(default="")
    updated_at = Timestamptz(default=None)
    purchase_number_is_unique = Unique([number])


class PurchaseLine(Table, tablename="purchase_line"):
    """So many of one variant at the cost it had when it was ordered."""

    id = key()
    purchase_order = reference("purchasing", "PurchaseOrder")
    variant = reference("catalog", "Variant")
    title = Text(default=None)
    sku = Text(default="")
    supplier_sku = Text(default="")
    drop_ship = Boolean(default=None)
    cost_amount = BigInt(default=None)
    quantity = Integer(default=None)
    accepted_quantity = Integer(default=None, null=True)
    goods_are_ordered_in_one_line = Unique([purchase_order, variant, drop_ship])


class SupplyUnit(Table, tablename="supply_unit"):
    """One unit of an order line that was ordered from a supplier; done when it was shipped or received."""

    id = key()
    order_id = reference("orders", "Order")
    order_line = reference("orders", "OrderLine")
    unit = Integer(default=None)
    warehouse = reference("fulfillment", "Warehouse")
    purchase_line = reference("purchasing", "PurchaseLine")
    destination_kind = Text(default=None)
    destination = plain_id()
    asked_back = Boolean(default=False)
    done_at = Timestamptz(default=None, null=True)
    entry = reference("purchasing", "SupplyEntry", null=True)
    back_entry = reference("purchasing", "SupplyEntry", null=True)
    unit_is_ordered_once = Unique([order_line, unit])


class PurchaseVersion(Table, tablename="purchase_version"):
    """What a purchase order said in one version. Never changed afterwards."""

    id = key()
    purchase_order = reference("purchasing", "PurchaseOrder")
    version = Integer(default=None)
    cause = Text(default=None)
    content = JSONB(default=None)
    made_by = Text(default=None)
    made_at = Timestamptz(default=None)
    version_is_written_once = Unique([purchase_order, version])


class PurchaseChange(Table, tablename="purchase_change"):
    """The store asks a supplier that has accepted to send fewer."""

    id = key()
    purchase_line = reference("purchasing", "PurchaseLine")
    quantity = Integer(default=None)
    status = Text(default="asked")
    words = Text(default="")
    asked_by = Text(default=None)
    asked_at = Timestamptz(default=None)
    answered_by = Text(default="")
    answered_at = Timestamptz(default=None, null=True)


class PurchaseReceipt(Table, tablename="purchase_receipt"):
    """Goods that arrived from a supplier. Never changed afterwards."""

    id = key()
    purchase_line = reference("purchasing", "PurchaseLine")
    quantity = Integer(default=None)
    received_by = Text(default=None)
    received_at = Timestamptz(default=None)


class SupplyStatement(Table, tablename="supply_statement"):
    """What was owed to a supplier within a period, in one paper."""

    id = key()
    number = Text(default=None)
    supplier = reference("suppliers", "Supplier")
    starts_at = Timestamptz(default=None, null=True)
    ends_at = Timestamptz(default=None)
    currency = Text(default=None)
    opening_amount = BigInt(default=None)
    goods_amount = BigInt(default=None)
    back_amount = BigInt(default=None)
    adjustment_amount = BigInt(default=None)
    payment_amount = BigInt(default=None)
    closing_amount = BigInt(default=None)
    status = Text(default="open")
    confirmed_by = Text(default="")
    confirmed_at = Timestamptz(default=None, null=True)
    made_by = Text(default=None)
    made_at = Timestamptz(default=None)
    supply_statement_number_is_unique = Unique([number])


class SupplyPayment(Table, tablename="supply_payment"):
    """A bank transfer to a supplier, written down by hand."""

    id = key()
    number = Text(default=None)
    supplier = reference("suppliers", "Supplier")
    amount = BigInt(default=None)
    currency = Text(default=None)
    reference = Text(default=None)
    paid_on = Date(default=None)
    made_by = Text(default=None)
    made_at = Timestamptz(default=None)
    supply_payment_number_is_unique = Unique([number])
    transfer_is_written_down_once = Unique([supplier, reference])


class SupplyEntry(Table, tablename="supply_entry"):
    """One line of a supplier's account; above zero is owed to it."""

    id = key()
    supplier = reference("suppliers", "Supplier")
    kind = Text(default=None)
    purchase_line = reference("purchasing", "PurchaseLine", null=True)
    order_id = reference("orders", "Order", null=True)
    order_line = reference("orders", "OrderLine", null=True)
    payment = reference("purchasing", "SupplyPayment", null=True)
    units = Integer(default=0)
    amount = BigInt(default=None)
    currency = Text(default=None)
    words = Text(default="")
    at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    statement = reference("purchasing", "SupplyStatement", null=True)
    payment_is_entered_once = Unique([payment])


class SupplyDispute(Table, tablename="supply_dispute"):
    """A supplier says that an entry is wrong, and by how much."""

    id = key()
    entry = reference("purchasing", "SupplyEntry")
    reason = Text(default=None)
    wanted_amount = BigInt(default=None)
    status = Text(default="open")
    opened_by = Text(default=None)
    opened_at = Timestamptz(default=None)
    answer = Text(default="")
    answered_by = Text(default="")
    answered_at = Timestamptz(default=None, null=True)
    adjustment = reference("purchasing", "SupplyEntry", null=True)
