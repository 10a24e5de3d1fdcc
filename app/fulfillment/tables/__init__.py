"""Rows of warehouses, work orders and parcels, a file for each noun; other rooms refer to them by this name."""

from app.fulfillment.tables.coming_back import WarehouseReturn, WarehouseReturnLine, WayBack
from app.fulfillment.tables.exceptions import FulfillmentException, GoodsCheck
from app.fulfillment.tables.parcels import (
    Fulfillment,
    FulfillmentLine,
    ParcelEvent,
    PlatformCarriers,
    Reship,
    ShippingUpload,
    TrackingAccount,
)
from app.fulfillment.tables.rules import RoutingPolicy, ShippingRules, ShippingTerms
from app.fulfillment.tables.warehouses import (
    SkuAlias,
    Warehouse,
    WarehouseAuthorization,
    WarehouseCount,
    WarehouseCursor,
    WarehouseGate,
    WarehouseHour,
)
from app.fulfillment.tables.waves import PickTick, PickWave, PickWaveOrder
from app.fulfillment.tables.work_orders import (
    FulfillmentBatch,
    FulfillmentHold,
    FulfillmentOrder,
    FulfillmentOrderLine,
    FulfillmentStop,
    ShortPick,
    Substitution,
)

__all__ = [
    "Fulfillment",
    "FulfillmentBatch",
    "FulfillmentException",
    "FulfillmentHold",
    "FulfillmentLine",
    "FulfillmentOrder",
    "FulfillmentOrderLine",
    "FulfillmentStop",
    "GoodsCheck",
    "ParcelEvent",
    "PickTick",
    "PickWave",
    "PickWaveOrder",
    "PlatformCarriers",
    "Reship",
    "RoutingPolicy",
    "ShippingRules",
    "ShippingTerms",
    "ShippingUpload",
    "ShortPick",
    "SkuAlias",
    "Substitution",
    "TrackingAccount",
    "Warehouse",
    "WarehouseAuthorization",
    "WarehouseCount",
    "WarehouseCursor",
    "WarehouseGate",
    "WarehouseHour",
    "WarehouseReturn",
    "WarehouseReturnLine",
    "WayBack",
]
