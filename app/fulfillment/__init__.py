"""Room: warehouses, work orders and parcels."""

from app.fulfillment.board import LANES, BoardRow, Lane, lane, lanes
from app.fulfillment.connections import (
    PAUSED,
    Described,
    LastWarehouse,
    NotAtWork,
    OpenWork,
    Queue,
    Reached,
    connect_warehouse,
    describe_warehouse,
    make_default,
    pause_warehouse,
    queues,
    reconnect_warehouse,
    resume_warehouse,
)
from app.fulfillment.kinds import KINDS, Field, Kind, faults_of
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
    "KINDS", "LANES", "PAUSED", "BoardRow", "Counted", "Described", "Field", "Kind", "Lane", "LastWarehouse",
    "Missing", "NotAtWork", "NotRetriable", "OpenWork", "Packed", "ParcelView", "Progress", "Queue", "Reached",
    "Report", "Shipped", "ShortPick", "Step", "WantedLine", "WarehouseFacts", "WorkOrder", "by_reference",
    "connect_warehouse", "counts_of", "describe_warehouse", "faults_of", "follow", "hand_over", "has_delivered_all",
    "has_shipped_all", "hold", "hold_unsent", "lane", "lanes", "let_go", "lock", "lock_by_reference", "make_default",
    "mark_accepted", "mark_submitted", "may_be_there", "missing_of", "note_answer", "note_counts", "note_trouble",
    "order_of", "order_of_parcel", "packing", "parcels_of", "pause_warehouse", "plan", "progress", "queues",
    "reconnect_warehouse", "record", "record_progress", "record_short", "refuse", "reopen", "resume_warehouse",
    "settle_shorts", "settle_work_order", "short_picks_of", "take_off", "warehouse", "warehouses", "work_orders_of",
]  # fmt: skip
