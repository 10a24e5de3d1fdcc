"""Rows of carts, orders, their lines and every move of their state."""

from piccolo.columns import JSONB, Array, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Cart(Table):
    """What one visitor means to buy."""

    id = key()
    visitor_id = plain_id()
    customer = reference("customers", "Customer", null=True, on_delete=OnDelete.cascade)
    status = Text(default="open")
    coupon = reference("promotions", "Coupon", null=True)
    use_points = Boolean(default=False)
    campaign = reference("group_buying", "Campaign", null=True, on_delete=OnDelete.cascade)
    joining = JSONB(default="{}")
    sharer = reference("promoters", "Promoter", null=True)
    sharer_code = Text(default="")
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class CartLine(Table):
    """One variant in a cart."""

    id = key()
    cart = reference("orders", "Cart", on_delete=OnDelete.cascade)
    variant = reference("catalog", "Variant", on_delete=OnDelete.cascade)
    quantity = Integer(default=None)
    added_at = Timestamptz(default=None)
    one_line_per_variant = Unique([cart, variant])


class Counter(Table):
    """Human numbers: the last one given out."""

    name = Text(default=None, primary_key=True)
    value = BigInt(default=None)


class Order(Table, tablename="orders"):
    """A promise to deliver for money; prices are snapshots."""

    id = key()
    number = Text(default=None)
    cart = reference("orders", "Cart", null=True)
    customer = reference("customers", "Customer", null=True)
    visitor_id = plain_id(null=True)
    email = Text(default="")
    phone = Text(default="")
    status = Text(default=None)
    payment_status = Text(default=None)
    fulfillment_status = Text(default=None)
    currency = Text(default=None)
    locale = Text(default=None)
    goods_amount = BigInt(default=None)
    discount_amount = BigInt(default=0)
    freight_amount = BigInt(default=0)
    tax_amount = BigInt(default=0)
    total_amount = BigInt(default=None)
    paid_amount = BigInt(default=0)
    refunded_amount = BigInt(default=0)
    deposit_amount = BigInt(default=0)
    balance_from = Timestamptz(default=None, null=True)
    price_rules = JSONB(default="{}")
    ship_to = JSONB(default=None)
    note = Text(default="")
    access_hash = Bytea(default=None)
    event_seq = Integer(default=0)
    tags = Array(base_column=Text(), default=list)
    campaign = reference("group_buying", "Campaign", null=True)
    placed_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None, null=True)
    paid_at = Timestamptz(default=None, null=True)
    closed_at = Timestamptz(default=None, null=True)
    updated_at = Timestamptz(default=None)
    cart_is_ordered_once = Unique([cart])
    orders_number_is_unique = Unique([number])


class OrderLine(Table):
    """One variant of an order at the price it was sold for."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    line_number = Integer(default=None)
    product = reference("catalog", "Product")
    variant = reference("catalog", "Variant")
    title = Text(default=None)
    variant_title = Text(default=None)
    sku = Text(default=None)
    image_key = Text(default=None, null=True)
    quantity = Integer(default=None)
    unit_amount = BigInt(default=None)
    goods_amount = BigInt(default=None)
    discount_amount = BigInt(default=0)
    freight_amount = BigInt(default=0)
    tax_amount = BigInt(default=0)
    price_breakdown = JSONB(default="{}")
    requires_shipping = Boolean(default=True)
    gift = reference("live", "LiveGift", null=True)
    line_number_is_unique = Unique([order_id, line_number])


class OrderEvent(Table):
    """One legal move of one of the order's three states, or an edit with how it was and is."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    seq = Integer(default=None)
    field = Text(default=None)
    from_status = Text(default=None)
    to_status = Text(default=None)
    cause = Text(default=None)
    actor = Text(default="system")
    at = Timestamptz(default=None)
    details = JSONB(default="{}")
    seq_is_unique = Unique([order_id, seq])


class OrderNote(Table):
    """What the store's people tell each other about an order; never changed, never shown to the shopper."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    text = Text(default=None)
    author = plain_id(null=True)
    author_name = Text(default=None)
    at = Timestamptz(default=None)


class Invoice(Table):
    """The number an order's invoice has for ever, and who the seller was then."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    number = Text(default=None)
    seller = JSONB(default=None)
    issued_by = Text(default=None)
    issued_at = Timestamptz(default=None)
    order_has_one_invoice = Unique([order_id])
    invoice_number_is_unique = Unique([number])


class DocumentSettings(Table, tablename="document_settings"):
    """What stands on every paper of the store: one row."""

    id = key()
    only_one = Boolean(default=True)
    legal_name = Text(default="")
    address = Text(default="")
    tax_number = Text(default="")
    closing_words = Text(default="")
    updated_at = Timestamptz(default=None)
    papers_have_one_setting = Unique([only_one])


class OrderView(Table, tablename="order_view"):
    """Filters of the order list under a name."""

    id = key()
    name = Text(default=None)
    filters = JSONB(default="{}")
    owner = plain_id()
    shared = Boolean(default=False)
    created_at = Timestamptz(default=None)
    view_name_is_used_once = Unique([owner, name])


class OrderJob(Table, tablename="order_job"):
    """Work on many orders: an export, a stack of papers, or one act on each."""

    id = key()
    kind = Text(default=None)
    filters = JSONB(default="{}")
    numbers = Array(base_column=Text(), default=list)
    every = Boolean(default=False)
    personal = Boolean(default=False)
    words = Text(default="")
    locale = Text(default="en")
    status = Text(default="queued")
    total = Integer(default=0)
    done = Integer(default=0)
    refused = Integer(default=0)
    file_key = Text(default=None, null=True)
    failure = Text(default="")
    created_by = plain_id(null=True)
    created_by_name = Text(default=None)
    created_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None)
