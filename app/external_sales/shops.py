"""The store's shops on platforms, and how far their orders were read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal

_COLUMNS = (
    "id, platform, name, shop_ref, base_url, credentials_sealed, status, pulled_until, pulled_at, failures, last_error"
)


class ShopKnown(Refusal):
    """Two connections to one shop would only ask twice."""

    code = "external_sales.shop_known"
    status = 409
    message = "This shop is connected already."


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """Everything before `pulled_until` was read."""

    id: UUID
    platform: str
    name: str
    shop_ref: str
    base_url: str
    credentials_sealed: str
    status: str
    pulled_until: datetime | None
    pulled_at: datetime | None
    failures: int
    last_error: str

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


async def connect_shop(
    shop_id: UUID, *, platform: str, name: str, shop_ref: str, base_url: str, credentials_sealed: str
) -> None:
    """Raises ShopKnown."""
    done = await tenants.connection().execute(
        "INSERT INTO external_shop (id, platform, name, shop_ref, base_url, credentials_sealed, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (platform, shop_ref) DO NOTHING",
        shop_id, platform, name, shop_ref, base_url, credentials_sealed, now(),
    )  # fmt: skip
    if done.endswith(" 0"):
        raise ShopKnown


async def shops(*, active: bool = False) -> list[Shop]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM external_shop WHERE NOT $1 OR status = 'active' ORDER BY platform, name, id",  # noqa: S608
        active,
    )
    return [Shop(**row) for row in rows]


async def find_shop(shop_id: UUID) -> Shop:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM external_shop WHERE id = $1", shop_id)  # noqa: S608
    if row is None:
        raise NotFound
    return Shop(**row)


async def switch_shop(shop_id: UUID, status: str) -> None:
    """Raises NotFound."""
    done = await tenants.connection().execute("UPDATE external_shop SET status = $2 WHERE id = $1", shop_id, status)
    if done.endswith(" 0"):
        raise NotFound


async def read_until(shop_id: UUID, until: datetime) -> None:
    """A whole window is in. Two who read at once never move it back."""
    await tenants.connection().execute(
        "UPDATE external_shop SET pulled_until = greatest(coalesce(pulled_until, $2), $2), pulled_at = $3,"
        " failures = 0, last_error = '' WHERE id = $1",
        shop_id, until, now(),
    )  # fmt: skip


async def note_failure(shop_id: UUID, why: str) -> None:
    await tenants.connection().execute(
        "UPDATE external_shop SET failures = failures + 1, last_error = $2 WHERE id = $1", shop_id, why[:300]
    )


_PROVISIONAL = """
SELECT DISTINCT line.order_number FROM external_sighting AS seen
JOIN external_line AS line ON line.id = seen.external_line
WHERE seen.source_id = $1 AND line.final_at IS NULL AND line.status <> 'closed' AND line.placed_at > $2
ORDER BY line.order_number LIMIT $3
"""


async def provisional_orders(shop_id: UUID, since: datetime, most: int) -> list[str]:
    """Orders of this shop whose sale is not settled: a platform may settle it without calling the order changed."""
    rows = await tenants.connection().fetch(_PROVISIONAL, shop_id, since, most)
    return [row["order_number"] for row in rows]
