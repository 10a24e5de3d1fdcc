"""Where parcels are, as carriers tell it: copies and wrong order are normal, and nothing ever moves backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import tenants
from app.fulfillment import causes
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

# Between two reports of the same second the further one counts.
RANK = {
    "pending": 0, "packed": 1, "shipped": 2, "in_transit": 3, "exception": 4, "out_for_delivery": 5,
    "returned": 8, "delivered": 9, "canceled": 9,
}  # fmt: skip
FINAL = ("delivered", "returned", "canceled")
HEARD = """
UPDATE fulfillment SET heard_at = $2, expected_on = coalesce($3, expected_on),
    signed_by = coalesce(nullif($4, ''), signed_by), picture_url = coalesce(nullif($5, ''), picture_url) WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a parcel's way; a carrier may leave its state open."""

    at: datetime
    text: str
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a carrier says of one parcel now, with the whole way so far, and who took it or when it should come."""

    tracking_number: str
    status: str
    at: datetime | None
    steps: tuple[Step, ...]
    signed_by: str = ""
    picture_url: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel as an order page shows it, newest step first."""

    id: UUID
    reference: str
    carrier: str
    carrier_name: str
    tracking_number: str
    status: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    expected_on: date | None
    signed_by: str
    picture_url: str
    steps: tuple[Step, ...]
    quantities: dict[UUID, int]


async def orders_of_parcel(tracking_number: str) -> list[UUID]:
    """In the order they are locked in: a warehouse may put two orders of one address into one parcel.

    Raises NotFound while the parcel is not known: the carrier may be quicker than the warehouse's own callback.
    """
    rows = await tenants.connection().fetch(
        "SELECT DISTINCT order_id FROM fulfillment WHERE tracking_number = $1 ORDER BY order_id", tracking_number
    )
    if not rows:
        raise NotFound
    return [row["order_id"] for row in rows]


async def follow(report: Report) -> list[UUID]:
    """Take a report in. Returns the orders whose parcel moved by it."""
    parcels = await tenants.connection().fetch(
        "SELECT id, order_id, status FROM fulfillment WHERE tracking_number = $1 ORDER BY order_id, id"
        " FOR NO KEY UPDATE",
        report.tracking_number,
    )
    return [parcel["order_id"] for parcel in parcels if await _follow_one(parcel["id"], parcel["status"], report)]


async def _follow_one(parcel: UUID, status: str, report: Report) -> bool:
    last = await tenants.connection().fetchval("SELECT max(at) FROM parcel_event WHERE fulfillment = $1", parcel)
    await _write_steps(parcel, report)
    await tenants.connection().execute(HEARD, parcel, now(), report.expected_on, *_proof(report))
    if not moves(status, last, report):
        if report.at and last and report.at > last and status == report.status != "exception":
            await causes.look_at_parcel(parcel, status)  # it goes on, so it is neither stuck nor late any more
        return False
    await tenants.connection().execute(
        "UPDATE fulfillment SET status = $2, updated_at = now(),"
        " delivered_at = CASE WHEN $2 = 'delivered' THEN $3::timestamptz ELSE delivered_at END WHERE id = $1",
        parcel, report.status, report.at,
    )  # fmt: skip
    await causes.look_at_parcel(parcel, report.status)
    return True


def _proof(report: Report) -> tuple[str, str]:
    """Short, and a picture only where a browser may safely be sent."""
    picture = report.picture_url if report.picture_url.startswith("https://") else ""
    return report.signed_by[:80], picture[:500]


def moves(status: str, last: datetime | None, report: Report) -> bool:
    """Final states stay; else the newer report counts, and the further one of the same moment."""
    if status in FINAL or status == report.status:
        return False
    if last is None or (report.at is not None and report.at > last):
        return report.status in FINAL or status == "exception" or RANK[report.status] > RANK[status]
    return report.at == last and RANK[report.status] > RANK[status]


async def _write_steps(parcel: UUID, report: Report) -> None:
    """A step told before stays as it was. Where the carrier leaves states open, the newest step has the report's.

    Steps are told apart by moment and words: carriers write whole seconds, so two may share one.
    """
    newest = max(report.steps, key=lambda step: step.at, default=None)
    await tenants.connection().executemany(
        "INSERT INTO parcel_event (id, fulfillment, status, text, at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        [
            (new_id(), parcel, step.status or (report.status if step is newest else "in_transit"), step.text, step.at)
            for step in report.steps
        ],
    )


async def parcels_of(order_id: UUID) -> list[ParcelView]:
    """Every parcel of an order with its way so far, for the order page."""
    database = tenants.connection()
    parcels = await database.fetch(
        "SELECT f.id, o.reference, f.carrier, f.carrier_name, f.tracking_number, f.status, f.shipped_at,"
        " f.delivered_at, f.expected_on, f.signed_by, f.picture_url"
        " FROM fulfillment f JOIN fulfillment_order o ON o.id = f.fulfillment_order"
        " WHERE f.order_id = $1 ORDER BY f.created_at, f.id",
        order_id,
    )
    ids = [row["id"] for row in parcels]
    steps = await database.fetch(
        "SELECT fulfillment, status, text, at FROM parcel_event WHERE fulfillment = ANY($1) ORDER BY at DESC, id DESC",
        ids,
    )
    lines = await database.fetch(
        "SELECT fulfillment, order_line, quantity FROM fulfillment_line WHERE fulfillment = ANY($1)", ids
    )
    return [
        ParcelView(
            **dict(row),
            steps=_steps_of(row["id"], steps),
            quantities={line["order_line"]: line["quantity"] for line in lines if line["fulfillment"] == row["id"]},
        )
        for row in parcels
    ]


def _steps_of(parcel: UUID, rows: Sequence[Any]) -> tuple[Step, ...]:
    """Newest first; of two steps of the same second the further one counts as the newer."""
    way = [Step(row["at"], row["text"], row["status"]) for row in rows if row["fulfillment"] == parcel]
    return tuple(sorted(way, key=lambda step: (step.at, RANK.get(step.status or "", 0)), reverse=True))
