"""Room: warehouses, work orders and parcels."""

from app.fulfillment.board import LANES, BoardRow, Lane, lane, lanes
from app.fulfillment.parcels import (
    Packed,
    Progress,
    Shipped,
    hand_over,
    has_delivered_all,
    has_shipped_all,
    progress,
    record,
    settle_work_order,
)
from app.fulfillment.taking_off import packing, take_off
from app.fulfillment.tracking import ParcelView, Report, Step, follow, order_of_parcel, parcels_of
from app.fulfillment.warehouses import WarehouseFacts, note_answer, note_trouble, warehouse, warehouses
from app.fulfillment.work_orders import (
    NotRetriable,
    WantedLine,
    WorkOrder,
    by_reference,
    hold,
    hold_unsent,
    let_go,
    lock,
    lock_by_reference,
    mark_accepted,
    mark_submitted,
    may_be_there,
    order_of,
    plan,
    refuse,
    reopen,
    work_orders_of,
)

__all__ = [
    "LANES", "BoardRow", "Lane", "NotRetriable", "Packed", "ParcelView", "Progress", "Report", "Shipped", "Step",
    "WantedLine", "WarehouseFacts", "WorkOrder", "by_reference", "follow", "hand_over", "has_delivered_all",
    "has_shipped_all", "hold", "hold_unsent", "lane", "lanes", "let_go", "lock",
    "lock_by_reference", "mark_accepted", "mark_submitted", "may_be_there", "note_answer", "note_trouble",
    "order_of", "order_of_parcel", "packing", "parcels_of", "plan", "progress", "record", "refuse", "reopen",
    "settle_work_order", "take_off", "warehouse", "warehouses", "work_orders_of",
]  # fmt: skip
