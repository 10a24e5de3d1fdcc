"""Rows of warehouses, work orders and parcels."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Warehouse(Table):
    """Where parcels leave from, and how to reach it."""

    id = key()
    name = Text(default=None)
    adapter = Text(default=None)
    base_url = Text(default=None)
    app_key = Text(default=None)
    secret_sealed = Text(default=None)
    carrier_salt_sealed = Text(default="")
    is_default = Boolean(default=False)
    status = Text(default="active")
    last_ok_at = Timestamptz(default=None, null=True)
    last_error = Text(default="")
    last_error_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    credentials_sealed = Text(default="")
    settings = JSONB(default="{}")
    code = Text(default="")
    country = Text(default="")
    region = Text(default="")
    position = Integer(default=0)
    parcel_amount = BigInt(default=0)
    cutoff_minute = Integer(default=None, null=True)


class TrackingAccount(Table):
    """The store's own account at a service that follows parcels."""

    id = key()
    provider = Text(default=None)
    name = Text(default=None)
    account_ref = Text(default=None)
    base_url = Text(default=None)
    credentials_sealed = Text(default=None)
    settings = JSONB(default="{}")
    is_default = Boolean(default=False)
    status = Text(default="active")
    last_ok_at = Timestamptz(default=None, null=True)
    last_error = Text(default="")
    last_error_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    account_is_connected_once = Unique([provider, account_ref])


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


class Fulfillment(Table):
    """One parcel."""

    id = key()
    fulfillment_order = reference("fulfillment", "FulfillmentOrder")
    order_id = reference("orders", "Order")
    parcel_ref = Text(default=None)
    carrier = Text(default="")
    carrier_name = Text(default="")
    tracking_number = Text(default="")
    status = Text(default=None)
    shipped_at = Timestamptz(default=None, null=True)
    delivered_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    tracking_account = reference("fulfillment", "TrackingAccount", null=True, on_delete=OnDelete.set_null)
    subscribed_at = Timestamptz(default=None, null=True)
    follow_error = Text(default="")
    heard_at = Timestamptz(default=None, null=True)
    asked_at = Timestamptz(default=None, null=True)
    expected_on = Date(default=None, null=True)
    signed_by = Text(default="")
    picture_url = Text(default="")
    told_at = Timestamptz(default=None, null=True)
    parcel_is_recorded_once = Unique([fulfillment_order, parcel_ref])


class FulfillmentLine(Table):
    """What is in one parcel."""

    id = key()
    fulfillment = reference("fulfillment", "Fulfillment", on_delete=OnDelete.cascade)
    order_line = reference("orders", "OrderLine")
    quantity = Integer(default=None)
    line_is_packed_once_per_parcel = Unique([fulfillment, order_line])


class ParcelEvent(Table):
    """One step of a parcel's way, as the carrier told it."""

    id = key()
    fulfillment = reference("fulfillment", "Fulfillment", on_delete=OnDelete.cascade)
    status = Text(default=None)
    text = Text(default="")
    at = Timestamptz(default=None)
    event_is_recorded_once = Unique([fulfillment, text, at])


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


class WarehouseCount(Table):
    """What a warehouse says it has of one SKU: its newest count."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    sku = Text(default=None)
    available = BigInt(default=None)
    counted_at = Timestamptz(default=None)
    told_at = Timestamptz(default=None)
    sku_is_counted_once_per_warehouse = Unique([warehouse, sku])


class SkuAlias(Table):
    """By which number a warehouse knows goods of ours, where that is not our SKU."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    variant = reference("catalog", "Variant")
    their_sku = Text(default=None)
    created_by = Text(default="")
    created_at = Timestamptz(default=None)
    goods_have_one_number_per_warehouse = Unique([warehouse, variant])
    number_names_one_kind_of_goods = Unique([warehouse, their_sku])


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


class WarehouseGate(Table):
    """Failures in a row, and until when nobody asks it."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    failures = Integer(default=0)
    shut_until = Timestamptz(default=None, null=True)
    there_is_one_gate_per_warehouse = Unique([warehouse])


class WarehouseHour(Table):
    """How a warehouse answered within an hour."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    hour = Timestamptz(default=None)
    answered = Integer(default=0)
    failed = Integer(default=0)
    total_ms = BigInt(default=0)
    there_is_one_row_per_hour = Unique([warehouse, hour])


class WarehouseAuthorization(Table):
    """What a merchant allowed us on the vendor's page: until when, and who exchanges or renews it now."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    state_digest = Text(default="")
    state_until = Timestamptz(default=None, null=True)
    code_sealed = Text(default="")
    attempt = UUID(default=None, null=True)
    taken_until = Timestamptz(default=None, null=True)
    renew_asked = Boolean(default=False)
    broken = Boolean(default=False)
    granted_at = Timestamptz(default=None, null=True)
    valid_until = Timestamptz(default=None, null=True)
    trouble = Text(default="")
    there_is_one_authorization_per_warehouse = Unique([warehouse])


class WarehouseCursor(Table):
    """How far the news of a warehouse were fetched."""

    id = key()
    warehouse = reference("fulfillment", "Warehouse")
    kind = Text(default=None)
    cursor = Text(default="")
    pulled_at = Timestamptz(default=None)
    there_is_one_cursor_per_kind = Unique([warehouse, kind])


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


class PickWave(Table):
    """Work orders of one warehouse that are picked in one walk."""

    id = key()
    number = Text(default=None)
    warehouse = reference("fulfillment", "Warehouse")
    cutoff_at = Timestamptz(default=None)
    chosen = Boolean(default=False)
    printed = Integer(default=0)
    printed_at = Timestamptz(default=None, null=True)
    created_by = Text(default="")
    created_at = Timestamptz(default=None)
    wave_number_is_unique = Unique([number])


class PickWaveOrder(Table):
    """A work order of a wave, and the number of its basket."""

    id = key()
    pick_wave = reference("fulfillment", "PickWave", on_delete=OnDelete.cascade)
    fulfillment_order = reference("fulfillment", "FulfillmentOrder")
    place = Integer(default=None)
    work_order_is_in_one_wave = Unique([fulfillment_order])
    basket_is_taken_once = Unique([pick_wave, place])


class PickTick(Table):
    """Goods of a wave that were picked."""

    id = key()
    pick_wave = reference("fulfillment", "PickWave", on_delete=OnDelete.cascade)
    item = Text(default=None)
    picked_by = Text(default="")
    picked_at = Timestamptz(default=None)
    goods_are_ticked_once = Unique([pick_wave, item])


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


class ShippingUpload(Table):
    """What a payment platform was told of the parcels of one payment."""

    id = key()
    payment = reference("payments", "Payment")
    order_id = reference("orders", "Order")
    told = Array(base_column=Text(), default=list)
    complete = Boolean(default=False)
    corrected = Boolean(default=False)
    status = Text(default="waiting")
    error = Text(default="")
    tries = Integer(default=0)
    tried_at = Timestamptz(default=None)
    payment_is_told_of_once = Unique([payment])


class PlatformCarriers(Table):
    """Names of the carriers a payment platform knows, by its codes."""

    id = key()
    provider = Text(default=None)
    names = JSONB(default=dict)
    fetched_at = Timestamptz(default=None)
    platform_has_one_list = Unique([provider])


class Reship(Table):
    """A parcel that was sent again as an order of its own."""

    id = key()
    fulfillment = reference("fulfillment", "Fulfillment", on_delete=OnDelete.cascade)
    replacement = reference("orders", "Order")
    reason = Text(default=None)
    words = Text(default="")
    decided_by = Text(default=None)
    at = Timestamptz(default=None)
    parcel_is_sent_again_once = Unique([fulfillment])


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
