"""Warehouses: how they are reached, how they answer, what they count, and their numbers of our goods."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Integer, Text, Timestamptz
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
