"""Which states of work orders and parcels are exceptions, and when such an exception is over by itself.

Whoever turns a state looks at once; a look at everything by the clock finds what slipped through, and what only time
makes an exception. What a person resolved stays resolved until the state is turned again.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app.fulfillment import exception_kinds as kinds
from app.fulfillment.exception_desk import close_by_itself, close_these, raise_exception

STUCK_AFTER = timedelta(minutes=30)
# Held, and nobody has to do anything about it.
IN_PEACE = ("group_buying.waits", "group_buying.by_leader", "held.cooling", "refund_follows")
PER_LOOK = 500
STANDS_STILL = ("on_hold", "rejected", "incomplete")
# What a warehouse's refusal is about, by the code before the colon.
BY_CODE = {"address_refused": kinds.ADDRESS_REFUSED, "unknown_sku": kinds.WRONG_SKU, "wrong_sku": kinds.WRONG_SKU}
SILENT = "The warehouse did not answer"
BY_HAND = ("held", "The order was canceled or refunded before it was sent.")
STANDING_KINDS = (
    kinds.SHORT_PICK, kinds.WRONG_SKU, kinds.REFUSED_BY_WAREHOUSE, kinds.SILENT_WAREHOUSE, kinds.ADDRESS_REFUSED,
    kinds.HELD,
)  # fmt: skip
UNSENT_OR_LATER = ("open", "submitted", "accepted", "incomplete", "closed", "canceled")
# In these states of its work order an exception of the kind has no cause any more.
OVER: dict[str, tuple[str, ...]] = {
    kinds.SHORT_PICK: ("closed", "canceled"),
    kinds.SUBSTITUTION_DECLINED: ("closed", "canceled"),
    kinds.WRONG_SKU: UNSENT_OR_LATER,
    kinds.REFUSED_BY_WAREHOUSE: UNSENT_OR_LATER,
    kinds.SILENT_WAREHOUSE: UNSENT_OR_LATER,
    kinds.ADDRESS_REFUSED: UNSENT_OR_LATER,
    kinds.HELD: UNSENT_OR_LATER,
    kinds.PUSH_STUCK: ("accepted", "on_hold", "rejected", "incomplete", "closed", "canceled"),
    kinds.FAILED_INTERCEPT: ("canceled",),
    kinds.SLA_MISSED: ("closed", "canceled"),
    kinds.SLA_NEAR: ("closed", "canceled"),
}
STANDING = """
SELECT work.id, work.status, work.status_reason FROM fulfillment_order AS work
WHERE ($1::uuid IS NULL OR work.id = $1) AND work.status IN ('on_hold', 'rejected', 'incomplete')
    AND NOT work.status_reason = ANY($2::text[]) AND NOT EXISTS (
        SELECT 1 FROM fulfillment_exception AS known
        WHERE known.subject = work.id::text AND known.kind = ANY($3::text[])
            AND (known.status = 'open' OR known.resolved_at >= work.updated_at))
ORDER BY work.id LIMIT $4
"""
STUCK = """
SELECT work.id FROM fulfillment_order AS work
WHERE work.status IN ('open', 'submitted') AND coalesce(work.released_at, work.created_at) < now() - $1::interval
    AND NOT EXISTS (
    SELECT 1 FROM fulfillment_exception AS known
    WHERE known.subject = work.id::text AND known.kind = $2
        AND (known.status = 'open' OR known.resolved_at >= coalesce(work.released_at, work.created_at)))
ORDER BY work.id LIMIT $3
"""
NO_CAUSE = """
SELECT one.kind, one.subject FROM fulfillment_exception AS one
JOIN fulfillment_order AS work ON work.id = one.fulfillment_order
JOIN unnest($1::text[], $2::text[]) AS over(kind, status) ON over.kind = one.kind AND over.status = work.status
WHERE one.status = 'open' AND one.subject = work.id::text LIMIT $3
"""
PARCELS = """
SELECT parcel.id, parcel.status FROM fulfillment AS parcel
WHERE parcel.status IN ('exception', 'returned') AND NOT EXISTS (
    SELECT 1 FROM fulfillment_exception AS known WHERE known.subject = parcel.id::text
        AND known.kind = ANY($1::text[]) AND (known.status = 'open' OR known.resolved_at >= parcel.updated_at))
ORDER BY parcel.id LIMIT $2
"""
ARRIVED = """
SELECT one.subject FROM fulfillment_exception AS one JOIN fulfillment AS parcel ON parcel.id = one.fulfillment
WHERE one.status = 'open' AND one.kind = ANY($1::text[]) AND parcel.status IN ('delivered', 'canceled') LIMIT $2
"""
ON_ITS_WAY = (kinds.PARCEL_STUCK, kinds.PARCEL_DELAYED, kinds.PARCEL_LOST)


def kind_of(status: str, reason: str) -> str:
    """What a work order that stands still is about."""
    if status == "incomplete":
        return kinds.SHORT_PICK
    if reason.startswith(SILENT):
        return kinds.SILENT_WAREHOUSE
    if not reason or reason.startswith(BY_HAND):
        return kinds.HELD if status == "on_hold" else kinds.REFUSED_BY_WAREHOUSE
    return BY_CODE.get(reason.partition(":")[0], kinds.REFUSED_BY_WAREHOUSE)


async def look_at(work_order: UUID | None = None) -> None:
    """Raise what stands still, and close what does not any more: of one work order, or of all."""
    rows = await tenants.connection().fetch(STANDING, work_order, list(IN_PEACE), list(STANDING_KINDS), PER_LOOK)
    for row in rows:
        kind = kind_of(row["status"], row["status_reason"])
        await raise_exception(kind, work_order=row["id"], params={"reason": row["status_reason"]})
    if work_order is not None:
        status = await tenants.connection().fetchval("SELECT status FROM fulfillment_order WHERE id = $1", work_order)
        await is_gone(work_order, status)


async def is_gone(work_order: UUID, status: str) -> None:
    """The work order is in this state now; what that ends is closed."""
    ended = ended_by(status)
    if ended:
        await close_by_itself(work_order, *ended)


def ended_by(status: str) -> list[str]:
    """Which kinds of exceptions have no cause any more once their work order is in this state."""
    return [kind for kind, states in OVER.items() if status in states]


async def look_at_everything() -> None:
    """By the clock: states, parcels, what was not handed over for too long, and what has no cause any more."""
    await look_at()
    database = tenants.connection()
    for row in await database.fetch(STUCK, STUCK_AFTER, kinds.PUSH_STUCK, PER_LOOK):
        await raise_exception(kinds.PUSH_STUCK, work_order=row["id"])
    for row in await database.fetch(PARCELS, [kinds.PARCEL_STUCK, kinds.PARCEL_RETURNED], PER_LOOK):
        await look_at_parcel(row["id"], row["status"])
    pairs = [(kind, status) for kind, states in OVER.items() for status in states]
    over = await database.fetch(NO_CAUSE, [kind for kind, _ in pairs], [status for _, status in pairs], PER_LOOK)
    for kind in {row["kind"] for row in over}:
        await close_these([row["subject"] for row in over if row["kind"] == kind], kind)
    arrived = await database.fetch(ARRIVED, list(ON_ITS_WAY), PER_LOOK)
    await close_these([row["subject"] for row in arrived], *ON_ITS_WAY)


async def look_at_parcel(parcel: UUID, status: str) -> None:
    """The carrier moved a parcel to this state."""
    if status == "exception":
        await raise_exception(kinds.PARCEL_STUCK, parcel=parcel)
        return
    await close_by_itself(parcel, *ON_ITS_WAY)
    if status == "returned":
        await raise_exception(kinds.PARCEL_RETURNED, parcel=parcel)
