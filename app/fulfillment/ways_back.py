"""Ways back for goods that could not be stopped any more.

    return        they travel to the shopper, who sends them back; the request is opened once they have left
    at_the_door   the shopper does not accept them; the money goes back once the carrier has brought them back

A decision belongs to one wish that failed: to call the order off, or to pay units of it back. It may be changed as long
as it was not followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.parcels import progress
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

Way = Literal["return", "at_the_door"]
REFUSALS = ("cancel", "refund")  # wishes of somebody who does not want the goods


class NothingRefused(Refusal):
    """No warehouse said no to that, or it was settled otherwise."""

    code = "fulfillment.nothing_refused"
    status = 409
    message = "Nobody refused to stop this, or it is settled already. Nothing was changed."


class WayBack(msgspec.Struct, frozen=True):
    """`units` by order line are what was not wanted; `whole` says that everything of its work order was."""

    id: UUID
    work_order: UUID
    order_id: UUID
    way: Way
    aftersale: UUID | None
    chosen_by: str
    chosen_at: datetime
    done_at: datetime | None
    purpose: str
    units: dict[UUID, int]

    @property
    def whole(self) -> bool:
        return self.purpose == "cancel"


CHOOSE = """
INSERT INTO way_back (id, fulfillment_stop, fulfillment_order, order_id, way, chosen_by, chosen_at)
SELECT $1, stop.id, work.id, work.order_id, $3, $4, $5
FROM fulfillment_stop AS stop JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order
WHERE stop.fulfillment_order = $2 AND stop.status = 'failed' AND stop.purpose = ANY($6::text[])
    AND work.status NOT IN ('canceled', 'rejected')
ORDER BY stop.asked_at DESC, stop.id DESC LIMIT 1
ON CONFLICT (fulfillment_stop) DO UPDATE SET way = excluded.way, chosen_by = excluded.chosen_by,
    chosen_at = excluded.chosen_at WHERE way_back.done_at IS NULL
RETURNING id
"""
READ = """
SELECT one.id, one.fulfillment_order AS work_order, one.order_id, one.way, one.aftersale, one.chosen_by, one.chosen_at,
    one.done_at, stop.purpose, stop.params
FROM way_back AS one JOIN fulfillment_stop AS stop ON stop.id = one.fulfillment_stop
"""
OF_ORDER = f"{READ} WHERE one.order_id = $1 ORDER BY one.chosen_at, one.id"
BY_ID = f"{READ} WHERE one.id = $1"
# A return begins when a parcel has left; at the door it is over when the carrier has brought all of them back.
DUE = """
SELECT one.id FROM way_back AS one
JOIN fulfillment_order AS work ON work.id = one.fulfillment_order
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status NOT IN ('pending', 'packed', 'canceled')) AS gone,
        count(*) FILTER (WHERE status = 'returned') AS back
    FROM fulfillment AS parcel WHERE parcel.fulfillment_order = work.id
) AS parcels
WHERE one.order_id = $1 AND one.done_at IS NULL AND parcels.gone > 0
    AND CASE one.way WHEN 'return' THEN true
        ELSE parcels.back = parcels.gone AND work.status IN ('closed', 'incomplete') END
ORDER BY one.id
"""


async def choose_way_back(work_order: UUID, way: Way, *, by: str) -> UUID:
    """For the last wish its warehouse refused. Raises NothingRefused."""
    chosen: UUID | None = await tenants.connection().fetchval(
        CHOOSE, new_id(), work_order, way, by, now(), list(REFUSALS)
    )
    if chosen is None:
        raise NothingRefused
    return chosen


async def ways_back_of(order_id: UUID) -> list[WayBack]:
    return [await _way(row) for row in await tenants.connection().fetch(OF_ORDER, order_id)]


async def find_way_back(way_back: UUID) -> WayBack:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(BY_ID, way_back)
    if row is None:
        raise NotFound
    return await _way(row)


async def due_ways_back(order_id: UUID) -> list[UUID]:
    """What can be followed now: the goods have left, or are back."""
    return [row["id"] for row in await tenants.connection().fetch(DUE, order_id)]


async def follow_way_back(way_back: UUID, aftersale: UUID | None) -> None:
    await tenants.connection().execute(
        "UPDATE way_back SET done_at = $2, aftersale = $3 WHERE id = $1 AND done_at IS NULL", way_back, now(), aftersale
    )


async def _way(row: Mapping[str, object]) -> WayBack:
    facts = dict(row)
    params = msgspec.json.decode(str(facts.pop("params")))
    asked = {line.order_line: line.asked for line in await progress(UUID(str(row["work_order"])))}
    if row["purpose"] == "refund":
        wished = {UUID(line["order_line"]): int(line["quantity"]) for line in params.get("lines", ())}
        asked = {line: min(units, wished[line]) for line, units in asked.items() if wished.get(line)}
    return WayBack(**facts, units=asked)  # type: ignore[arg-type] # columns of the table
