"""Payments whose platform has to be told which parcels left, and what it was told already."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

PAUSE = timedelta(minutes=10)
# A parcel the platform does not know, of a payment that is not settled with it one way or another.
DUE = """
SELECT DISTINCT payment.id AS payment, payment.number, payment.order_id
FROM payment JOIN fulfillment AS parcel ON parcel.order_id = payment.order_id
LEFT JOIN shipping_upload AS upload ON upload.payment = payment.id
WHERE payment.provider = $1 AND payment.status = 'captured' AND parcel.status <> 'canceled'
    AND parcel.tracking_number <> '' AND parcel.shipped_at > $2
    AND (upload.id IS NULL OR (upload.status IN ('waiting', 'told') AND parcel.tracking_number <> ALL (upload.told)
        AND (upload.status = 'told' OR upload.tried_at < $3)))
ORDER BY payment.id LIMIT $4
"""
SAVE = """
INSERT INTO shipping_upload (id, payment, order_id, told, complete, corrected, status, error, tries, tried_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
ON CONFLICT (payment) DO UPDATE SET told = EXCLUDED.told, complete = EXCLUDED.complete, corrected = EXCLUDED.corrected,
    status = EXCLUDED.status, error = EXCLUDED.error, tries = shipping_upload.tries + 1, tried_at = EXCLUDED.tried_at
"""


class DueUpload(msgspec.Struct, frozen=True):
    payment: UUID
    number: str
    order_id: UUID


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform knows of one payment."""

    told: list[str] = []
    complete: bool = False
    corrected: bool = False
    status: str = "waiting"
    error: str = ""


class PlatformList(msgspec.Struct, frozen=True):
    """The names of its carriers by their codes; stale ones are asked for again."""

    names: dict[str, str]
    fetched_at: datetime

    def is_older_than(self, age: timedelta) -> bool:
        return self.fetched_at < now() - age


async def carriers_of(provider: str) -> PlatformList | None:
    row = await tenants.connection().fetchrow(
        "SELECT names, fetched_at FROM platform_carriers WHERE provider = $1", provider
    )
    return PlatformList(msgspec.json.decode(row["names"], type=dict[str, str]), row["fetched_at"]) if row else None


async def keep_carriers(provider: str, names: dict[str, str]) -> None:
    await tenants.connection().execute(
        "INSERT INTO platform_carriers (id, provider, names, fetched_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (provider) DO UPDATE SET names = EXCLUDED.names, fetched_at = EXCLUDED.fetched_at",
        new_id(), provider, msgspec.json.encode(names).decode(), now(),
    )  # fmt: skip


async def due_uploads(provider: str, *, shipped_after: datetime, limit: int) -> list[DueUpload]:
    rows = await tenants.connection().fetch(DUE, provider, shipped_after, now() - PAUSE, limit)
    return [DueUpload(**row) for row in rows]


async def upload_of(payment: UUID) -> Upload:
    row = await tenants.connection().fetchrow(
        "SELECT told, complete, corrected, status, error FROM shipping_upload WHERE payment = $1", payment
    )
    return Upload(**row) if row else Upload()


async def save_upload(due: DueUpload, upload: Upload) -> None:
    await tenants.connection().execute(
        SAVE, new_id(), due.payment, due.order_id, upload.told, upload.complete, upload.corrected, upload.status,
        upload.error[:200], now(),
    )  # fmt: skip
