"""My groups: every order of one shopper that takes part in a campaign, with how far campaign and team are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.paging import Page, cut, decode_cursor

AT_ONCE = 20


class OwnTeam(msgspec.Struct, frozen=True, kw_only=True):
    """The team an order has its seat in. `opened_at` is empty before its first member has paid."""

    code: str
    status: str
    capacity: int
    missing: int
    expires_at: datetime
    opened_at: datetime | None
    leads: bool


class OwnPlace(msgspec.Struct, frozen=True, kw_only=True):
    """One order's place in its campaign; `title` and `image_key` are those of the order's first line."""

    order_id: UUID
    number: str
    status: str
    payment_status: str
    fulfillment_status: str
    total_amount: int
    placed_at: datetime
    title: str
    image_key: str | None
    units: int
    campaign: str
    kind: str
    campaign_title: str
    campaign_status: str
    ends_at: datetime | None
    place: str
    sequence_number: int | None
    nick: str
    team: OwnTeam | None


OWN = """
SELECT orders.id AS order_id, orders.number, orders.status, orders.payment_status, orders.fulfillment_status,
    orders.total_amount, orders.placed_at, line.title, line.image_key, part.units, campaign.code AS campaign,
    campaign.kind, campaign.title AS campaign_title, campaign.status AS campaign_status, campaign.ends_at,
    part.status AS place, part.sequence_number, part.nick, seat.is_leader AS leads, team.code,
    team.status AS team_status, team.capacity, greatest(team.capacity - team.taken, 0) AS missing, team.expires_at,
    team.opened_at
FROM orders JOIN participation AS part ON part.order_id = orders.id
JOIN campaign ON campaign.id = part.campaign
JOIN order_line AS line ON line.order_id = orders.id AND line.line_number = 1
LEFT JOIN team_seat AS seat ON seat.order_id = orders.id
LEFT JOIN team_group AS team ON team.id = seat.team
WHERE (orders.customer = $1 OR (orders.visitor_id = $2 AND orders.customer IS NULL))
    AND ($3::timestamptz IS NULL OR (orders.placed_at, orders.id) < ($3, $4::uuid))
ORDER BY orders.placed_at DESC, orders.id DESC LIMIT $5
"""
TEAM = ("code", "capacity", "missing", "expires_at", "opened_at", "leads")


async def own_places(customer: UUID | None, visitor: UUID, *, after: str = "", most: int = AT_ONCE) -> Page[OwnPlace]:
    """The newest first; the customer's, and those of this visitor that nobody signed in for."""
    start = decode_cursor(after, datetime, UUID) or (None, None)
    rows = await tenants.connection().fetch(OWN, customer, visitor, *start, most + 1)
    return cut(
        [_place(dict(row)) for row in rows], most, lambda one: (one.placed_at, one.order_id), started=bool(after)
    )


def _place(row: dict[str, object]) -> OwnPlace:
    status, found = row.pop("team_status"), {name: row.pop(name) for name in TEAM}
    return msgspec.convert({**row, "team": {**found, "status": status} if status else None}, OwnPlace)
