"""Parcels that left, who follows them, and what payment platforms were told of them."""

from piccolo.columns import JSONB, Array, Boolean, Date, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


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
