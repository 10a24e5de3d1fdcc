"""Pickup points 自提点: made by a leader or by the merchant, open for orders once the merchant said yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

PARTS = ("country", "region", "city", "district", "street", "postal_code")
MOST = 200


class NewPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a point."""

    name: str
    contact: str
    phone: str
    address: Mapping[str, str]
    opening_hours: str = ""
    note: str = ""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    leader: UUID
    leader_name: str
    name: str
    contact: str
    phone: str
    country: str
    region: str
    city: str
    district: str
    street: str
    postal_code: str
    opening_hours: str
    note: str
    status: str
    active: bool
    created_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether shoppers may choose it."""
        return self.status == "approved" and self.active

    @property
    def address(self) -> dict[str, str]:
        """As orders keep an address, without a recipient."""
        return {part: text for part in PARTS if (text := getattr(self, part))}


READ = """SELECT point.id, point.leader, promoter.name AS leader_name, point.name, point.contact, point.phone,
    point.country, point.region, point.city, point.district, point.street, point.postal_code, point.opening_hours,
    point.note, point.status, point.active, point.created_at
FROM pickup_point AS point JOIN promoter ON promoter.id = point.leader"""
BY_ID = f"{READ} WHERE point.id = $1"
LISTED = f"""{READ} WHERE ($1::uuid IS NULL OR point.leader = $1)
ORDER BY (point.status = 'pending') DESC, point.active DESC, point.created_at, point.id LIMIT $2"""
OPEN = f"""{READ} WHERE point.status = 'approved' AND point.active AND promoter.status = 'approved'
    AND (cardinality($1::uuid[]) = 0 OR point.id = ANY($1)) ORDER BY point.created_at, point.id LIMIT $2"""


async def find(point_id: UUID) -> Point:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(BY_ID, point_id)
    if row is None:
        raise NotFound
    return Point(**row)


async def listed(leader: UUID | None = None) -> list[Point]:
    """Those that wait for an answer first."""
    return [Point(**row) for row in await tenants.connection().fetch(LISTED, leader, MOST)]


async def open_points(chosen: Sequence[UUID] = ()) -> list[Point]:
    """What a campaign that chose these points offers; nothing chosen means all of the store's."""
    return [Point(**row) for row in await tenants.connection().fetch(OPEN, list(chosen), MOST)]


SAVE = """
INSERT INTO pickup_point (id, leader, name, contact, phone, opening_hours, note, country, region, city, district,
    street, postal_code, status, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, contact = EXCLUDED.contact, phone = EXCLUDED.phone,
    opening_hours = EXCLUDED.opening_hours, note = EXCLUDED.note, country = EXCLUDED.country, region = EXCLUDED.region,
    city = EXCLUDED.city, district = EXCLUDED.district, street = EXCLUDED.street, postal_code = EXCLUDED.postal_code,
    status = EXCLUDED.status, updated_at = EXCLUDED.updated_at
"""


async def save(new: NewPoint, leader: UUID, known: Point | None = None, *, status: str) -> UUID:
    """Write it, or write it anew; `status` is what the store thinks of it from now on."""
    point = known.id if known else new_id()
    await tenants.connection().execute(
        SAVE, point, leader, new.name, new.contact, new.phone, new.opening_hours, new.note,
        *(new.address.get(part, "") for part in PARTS), status, now(),
    )  # fmt: skip
    return point


async def decide(point_id: UUID, status: str, *, by: str) -> None:
    """The store says yes or no."""
    await tenants.connection().execute(
        "UPDATE pickup_point SET status = $2, decided_at = $3, decided_by = $4, updated_at = $3 WHERE id = $1",
        point_id, status, now(), by,
    )  # fmt: skip


async def open_or_close(point_id: UUID, *, active: bool) -> None:
    """A closed point takes no new orders; what was ordered there is handed out."""
    await tenants.connection().execute(
        "UPDATE pickup_point SET active = $2, updated_at = $3 WHERE id = $1", point_id, active, now()
    )


LAST = """SELECT pickup.point FROM pickup JOIN orders ON orders.id = pickup.order_id
WHERE (orders.customer = $1 OR orders.visitor_id = $2) AND pickup.point IS NOT NULL
ORDER BY orders.placed_at DESC LIMIT 1"""


async def last_point_of(customer: UUID | None, visitor: UUID) -> UUID | None:
    """Where the shopper picked up last."""
    point: UUID | None = await tenants.connection().fetchval(LAST, customer, visitor)
    return point
