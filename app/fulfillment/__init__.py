"""Room: warehouses, work orders and parcels."""

from app.fulfillment.board import LANES, BoardRow, Lane, lane, lanes
from app.fulfillment.parcels import (
    Packed,
    Progress,
    Shipped,
    has_delivered_all,
    has_shipped_all,
    progress,
    record,
)
from app.fulfillment.settling import hand_over, refuse, settle_work_order
from app.fulfillment.shelves import Counted, counts_of, note_counts, record_progress
from app.fulfillment.short_picks import Missing, ShortPick, missing_of, record_short, settle_shorts, short_picks_of
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
    reopen,
    work_orders_of,
)

__all__ = [
    "LANES", "BoardRow", "Counted", "Lane", "Missing", "NotRetriable", "Packed", "ParcelView", "Progress", "Report",
    "Shipped", "ShortPick", "Step", "WantedLine", "WarehouseFacts", "WorkOrder", "by_reference", "counts_of",
    "follow", "hand_over", "has_delivered_all", "has_shipped_all", "hold", "hold_unsent", "lane", "lanes", "let_go",
    "lock", "lock_by_reference", "mark_accepted", "mark_submitted", "may_be_there", "missing_of", "note_answer",
    "note_counts", "note_trouble", "order_of", "order_of_parcel", "packing", "parcels_of", "plan", "progress",
    "record", "record_progress", "record_short", "refuse", "reopen", "settle_shorts", "settle_work_order",
    "short_picks_of", "take_off", "warehouse", "warehouses", "work_orders_of",
]  # fmt: skip
