"""Nightly: orders against warehouses against carriers, and a ticket of every difference.

Not one transaction: our own rows are asked by one statement a kind, then each warehouse is asked about the orders it
has, some at a time, between transactions. What an earlier night found and this one does not is right again, and closes
by itself; what a warehouse did not answer about stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import structlog

import tenants
from app import fulfillment, tickets
from app.flows.goods_questions import ABOUT_WORK_ORDER, ASKED_KINDS, GOODS_STATEMENTS, SETTLED
from app.flows.warehouse_turn import asked, require_open
from app.fulfillment import AskedAbout, trouble
from infra import wiring
from infra.warehouse.port import WarehouseOrderState, WarehouseRejected, WarehouseUnavailable

log = structlog.get_logger()

MOST_FINDINGS = 1_000  # of one kind; more of it is one big trouble, not a thousand small ones
PATIENCE = 120  # seconds for one statement over a whole store
AT_ONCE = 50  # work orders a job asks about
NOT_TOLD = ("subject", "amount", "currency", "order_id")
UNKNOWN = "unknown_order"  # how some warehouses say that they never heard of it
_OPEN = """
SELECT count(*) AS many, coalesce(sum(amount), 0)::bigint AS amount FROM ticket
WHERE status = 'open' AND starts_with(kind, $1)
"""


async def look_at_our_rows(day: date) -> None:
    """Everything that needs no warehouse. Safe to run again: the same difference is the same ticket."""
    async with tenants.transaction():
        await fulfillment.begin_check(day)
    for kind in GOODS_STATEMENTS:
        async with tenants.transaction():
            await tenants.connection().execute(f"SET LOCAL statement_timeout = '{PATIENCE}s'")
            values = (tenants.current().currency,) if "$1" in GOODS_STATEMENTS[kind] else ()
            rows = await tenants.connection().fetch(
                f"{GOODS_STATEMENTS[kind]} LIMIT {MOST_FINDINGS}", *values, timeout=PATIENCE
            )
        async with tenants.transaction():
            for row in rows:
                await _open(kind, row)
            if len(rows) < MOST_FINDINGS:
                await _close_missing(kind, {row["subject"] for row in rows})


async def ask_warehouses(day: date, after: UUID | None) -> UUID | None:
    """About the next work orders; answers from where to go on, or None after the last. Raises NotYet."""
    async with tenants.transaction():
        batch = await fulfillment.to_ask_about(after, AT_ONCE)
        places = {place.id: place for place in await fulfillment.warehouses()}
    silent = set[UUID]()
    unanswered = 0
    for work_order in batch:
        if work_order.warehouse in silent or not await _ask(work_order, places[work_order.warehouse]):
            silent.add(work_order.warehouse)
            unanswered += 1
    async with tenants.transaction():
        await fulfillment.note_checked(day, len(batch), unanswered)
    return batch[-1].id if len(batch) == AT_ONCE else None


async def close_the_night(day: date) -> int:
    """How many differences are open now."""
    async with tenants.transaction():
        database = tenants.connection()
        for row in await database.fetch(SETTLED, list(ASKED_KINDS)):
            await _close(row["kind"], row["subject"])
        found = await database.fetchrow(_OPEN, tickets.GOODS)
        many, amount = (found["many"], found["amount"]) if found else (0, 0)
        await fulfillment.end_check(day, many, amount)
    log.info("goods.compared", differences=many)
    return int(many)


async def _ask(work_order: AskedAbout, place: fulfillment.WarehouseFacts) -> bool:
    """False when the warehouse gave no answer; its tickets stay as they are then. Raises NotYet."""
    try:
        gateway = wiring.warehouse_gateway(place, tenant_id=tenants.current().id)
    except wiring.UnknownVendor:
        return False
    async with tenants.transaction():
        await require_open(place.id, pass_it=False)
    try:
        async with asked(place, f"compare:{work_order.id}", may_say_no=True):
            try:
                state = await gateway.query_order(work_order.reference)
            except WarehouseRejected as error:
                if error.code != UNKNOWN:
                    raise
                state = None
    except (WarehouseRejected, WarehouseUnavailable):
        return False
    wrong = difference(work_order, state)
    async with tenants.transaction():
        for kind in ASKED_KINDS:
            if kind == wrong:
                row = await tenants.connection().fetchrow(ABOUT_WORK_ORDER, work_order.id)
                await _open(kind, row or {}, warehouse=place.name)
            else:
                await _close(kind, str(work_order.id))
    return True


def difference(here: AskedAbout, there: WarehouseOrderState | None) -> str:
    """What the warehouse says and we do not, or the other way round; empty when both say the same."""
    if there is None:
        return "goods.unknown_there"
    if there.status == "canceled":
        return "goods.canceled_there" if not here.parcels else ""
    known = set(here.parcels)
    if any(parcel.tracking_number not in known for parcel in there.parcels):
        return "goods.shipped_there"
    if there.status == "shipped" and here.status in ("submitted", "accepted") and not here.parcels:
        return "goods.shipped_there"
    if known and there.status == "accepted" and not there.parcels:
        return "goods.shipped_here"
    return ""


async def _open(kind: str, row: Mapping[str, Any], **more: str) -> None:
    """A ticket, and one line in the queue of shipping where an order is at stake."""
    details = {name: str(value) for name, value in row.items() if name not in NOT_TOLD} | more
    await tickets.open(kind, row["subject"], amount=row["amount"], currency=row["currency"], details=details)
    if "order_id" in row:
        await fulfillment.raise_exception(
            trouble.RECONCILIATION_DIFFERENCE, order_id=row["order_id"], subject=f"{kind}:{row['subject']}",
            amount=row["amount"], params={"difference": kind},
        )  # fmt: skip


async def _close(kind: str, subject: str) -> None:
    if await tickets.close(kind, subject):
        await fulfillment.close_by_itself(f"{kind}:{subject}", trouble.RECONCILIATION_DIFFERENCE)


async def _close_missing(kind: str, still: set[str]) -> None:
    rows = await tenants.connection().fetch("SELECT subject FROM ticket WHERE kind = $1 AND status = 'open'", kind)
    for row in rows:
        if row["subject"] not in still:
            await _close(kind, row["subject"])
