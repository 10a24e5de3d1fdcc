"""Waves: work orders of one warehouse that are picked in one walk, numbered like the baskets they go into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

LARGEST_WAVE = 500
MAY_BE_PICKED = "('open', 'submitted', 'accepted', 'incomplete')"


class NothingToPick(Refusal):
    """A wave without work orders would be an empty sheet."""

    code = "fulfillment.nothing_to_pick"
    status = 409
    message = "Nothing waits to be picked there. What is in a wave already is not picked twice."


class WaveUnderWay(Refusal):
    """Somebody walks with its list."""

    code = "fulfillment.wave_under_way"
    status = 409
    message = "Something of this wave was picked or shipped already, so it stays."


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """`shipped` of its `orders` have left whole. They are everything until `cutoff_at`, or were `chosen`."""

    id: UUID
    number: str
    warehouse: UUID
    warehouse_name: str
    cutoff_at: datetime
    chosen: bool
    printed: int
    printed_at: datetime | None
    created_by: str
    created_at: datetime
    orders: int
    shipped: int


class WaveGoods(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of goods: so many in all, and into which baskets. `item` tells it from the others of the wave."""

    item: str
    sku: str
    title: str
    variant_title: str
    is_gift: bool
    quantity: int
    places: list[tuple[int, int]]
    picked: bool


class WaveOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One work order of a wave; `place` is its basket."""

    id: UUID
    order_id: UUID
    place: int
    reference: str
    number: str
    status: str
    pieces: int
    tracking_number: str


NUMBER = """
INSERT INTO counter (name, value) VALUES ('pick_wave', 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
"""
WAITS = f"""
work.status IN {MAY_BE_PICKED} AND orders.status = 'placed'
    AND NOT EXISTS (SELECT FROM pick_wave_order AS known WHERE known.fulfillment_order = work.id)
"""
WAITING = f"""
SELECT work.id FROM fulfillment_order AS work JOIN orders ON orders.id = work.order_id
WHERE work.warehouse = $1 AND work.created_at <= $2 AND {WAITS} ORDER BY work.created_at, work.id LIMIT $3
"""  # noqa: S608 - a constant
CHOSEN = f"""
SELECT work.id, work.warehouse FROM fulfillment_order AS work JOIN orders ON orders.id = work.order_id
WHERE work.id = ANY($1::uuid[]) AND {WAITS} ORDER BY work.created_at, work.id LIMIT $2
"""  # noqa: S608 - a constant
WAVES = """
SELECT wave.id, wave.number, wave.warehouse, warehouse.name AS warehouse_name, wave.cutoff_at, wave.chosen,
    wave.printed, wave.printed_at, wave.created_by, wave.created_at, count(work.id) AS orders,
    count(work.id) FILTER (WHERE work.status IN ('closed', 'canceled')) AS shipped
FROM pick_wave AS wave JOIN warehouse ON warehouse.id = wave.warehouse
LEFT JOIN pick_wave_order AS part ON part.pick_wave = wave.id
LEFT JOIN fulfillment_order AS work ON work.id = part.fulfillment_order
WHERE $1::uuid IS NULL OR wave.id = $1
GROUP BY wave.id, warehouse.name ORDER BY wave.created_at DESC, wave.id DESC LIMIT $2
"""
GOODS = """
SELECT coalesce(nullif(ask.sku, ''), line.variant::text, line.id::text)
        || CASE WHEN line.gift IS NULL THEN '' ELSE '+' END AS item, ask.sku, line.title,
    CASE line.variant_title WHEN 'Default Title' THEN '' ELSE line.variant_title END AS variant_title,
    line.gift IS NOT NULL AS is_gift, part.place,
    greatest(ask.quantity - coalesce(gone.units, 0), 0)::integer AS quantity
FROM pick_wave_order AS part
JOIN fulfillment_order AS work ON work.id = part.fulfillment_order AND work.status <> 'canceled'
JOIN fulfillment_order_line AS ask ON ask.fulfillment_order = work.id
JOIN order_line AS line ON line.id = ask.order_line
LEFT JOIN LATERAL (
    SELECT sum(packed.quantity) AS units FROM fulfillment AS parcel
    JOIN fulfillment_line AS packed ON packed.fulfillment = parcel.id AND packed.order_line = ask.order_line
    WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled' AND parcel.created_at < $2
) AS gone ON true
WHERE part.pick_wave = $1 ORDER BY line.title, line.variant_title, part.place
"""
ORDERS = """
SELECT work.id, work.order_id, part.place, work.reference, orders.number, work.status,
    (SELECT coalesce(sum(quantity), 0) FROM fulfillment_order_line WHERE fulfillment_order = work.id)::bigint AS pieces,
    coalesce((SELECT string_agg(tracking_number, ', ' ORDER BY created_at) FROM fulfillment
        WHERE fulfillment_order = work.id AND tracking_number <> ''), '') AS tracking_number
FROM pick_wave_order AS part JOIN fulfillment_order AS work ON work.id = part.fulfillment_order
JOIN orders ON orders.id = work.order_id WHERE part.pick_wave = $1 ORDER BY part.place
"""


async def count_waiting(warehouse: UUID, before: datetime) -> int:
    """How many a wave opened now would have."""
    return len(await tenants.connection().fetch(WAITING, warehouse, before, LARGEST_WAVE))


async def open_wave(warehouse: UUID, before: datetime, *, by: str) -> UUID:
    """Everything of the warehouse that came in before the cut-off and is in no wave yet. Raises NothingToPick."""
    number = await _number()
    found = await tenants.connection().fetch(WAITING, warehouse, before, LARGEST_WAVE)
    if not found:
        raise NothingToPick
    return await _write(number, warehouse, [row["id"] for row in found], before, by=by)


async def open_waves_of(work_orders: Sequence[UUID], *, by: str) -> dict[UUID, int]:
    """Exactly these, a wave for each warehouse: their ids, and how many orders each has. Those that are in a wave
    already, are held or have left stay out. Raises NothingToPick.
    """
    number = await _number()
    places: dict[UUID, list[UUID]] = {}
    for row in await tenants.connection().fetch(CHOSEN, list(work_orders), LARGEST_WAVE):
        places.setdefault(row["warehouse"], []).append(row["id"])
    if not places:
        raise NothingToPick
    made: dict[UUID, int] = {}
    for warehouse, chosen in sorted(places.items()):
        wave = await _write(number if not made else await _number(), warehouse, chosen, now(), chosen=True, by=by)
        made[wave] = len(chosen)
    return made


async def _number() -> str:
    """Whoever opens a wave at the same time waits here, and then finds what is left."""
    return f"W{await tenants.connection().fetchval(NUMBER):04d}"


async def _write(
    number: str, warehouse: UUID, work_orders: Sequence[UUID], before: datetime, *, by: str, chosen: bool = False
) -> UUID:
    database, wave = tenants.connection(), new_id()
    await database.execute(
        "INSERT INTO pick_wave (id, number, warehouse, cutoff_at, chosen, created_by, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        wave, number, warehouse, before, chosen, by[:80], now(),
    )  # fmt: skip
    await database.executemany(
        "INSERT INTO pick_wave_order (id, pick_wave, fulfillment_order, place) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (fulfillment_order) DO NOTHING",
        [(new_id(), wave, work_order, place) for place, work_order in enumerate(work_orders, 1)],
    )
    return wave


async def waves(*, limit: int = 50) -> list[Wave]:
    """The newest first."""
    return [Wave(**row) for row in await tenants.connection().fetch(WAVES, None, limit)]


async def find_wave(wave: UUID) -> Wave:
    """Raises NotFound."""
    rows = await tenants.connection().fetch(WAVES, wave, 1)
    if not rows:
        raise NotFound
    return Wave(**rows[0])


async def goods_of(wave: Wave) -> list[WaveGoods]:
    """What to pick, added up. What had left before the wave was opened is not picked again."""
    ticked = {
        row["item"]
        for row in await tenants.connection().fetch("SELECT item FROM pick_tick WHERE pick_wave = $1", wave.id)
    }
    found: dict[str, list[dict[str, object]]] = {}
    for row in await tenants.connection().fetch(GOODS, wave.id, wave.created_at):
        if row["quantity"]:
            found.setdefault(row["item"], []).append(dict(row))
    return [_goods(item, rows, item in ticked) for item, rows in found.items()]


def _goods(item: str, rows: list[dict[str, object]], picked: bool) -> WaveGoods:
    facts = {name: rows[0][name] for name in ("sku", "title", "variant_title", "is_gift")}
    places: dict[int, int] = {}
    for row in rows:
        places[int(str(row["place"]))] = places.get(int(str(row["place"])), 0) + int(str(row["quantity"]))
    told = {"item": item, **facts, "quantity": sum(places.values()), "places": list(places.items()), "picked": picked}
    return msgspec.convert(told, WaveGoods)


async def orders_of_wave(wave: UUID) -> list[WaveOrder]:
    return [WaveOrder(**row) for row in await tenants.connection().fetch(ORDERS, wave)]


async def tick(wave: UUID, item: str, *, by: str) -> None:
    """It lies in the baskets. Ticked twice is ticked once. Raises NotFound for what is not in the wave."""
    if item not in {one.item for one in await goods_of(await find_wave(wave))}:
        raise NotFound
    await tenants.connection().execute(
        "INSERT INTO pick_tick (id, pick_wave, item, picked_by, picked_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (pick_wave, item) DO NOTHING",
        new_id(), wave, item, by[:80], now(),
    )  # fmt: skip


async def take_tick_back(wave: UUID, item: str) -> None:
    await tenants.connection().execute("DELETE FROM pick_tick WHERE pick_wave = $1 AND item = $2", wave, item)


async def note_print(wave: UUID) -> int:
    """How often the list was printed, with this time. Raises NotFound."""
    printed: int | None = await tenants.connection().fetchval(
        "UPDATE pick_wave SET printed = printed + 1, printed_at = $2 WHERE id = $1 RETURNING printed", wave, now()
    )
    if printed is None:
        raise NotFound
    return printed


async def dissolve_wave(wave: UUID) -> None:
    """Its work orders wait for another wave. Raises NotFound, WaveUnderWay."""
    await find_wave(wave)
    begun = await tenants.connection().fetchval(
        "SELECT EXISTS (SELECT FROM pick_tick WHERE pick_wave = $1) OR EXISTS (SELECT FROM pick_wave_order AS part"
        " JOIN fulfillment AS parcel ON parcel.fulfillment_order = part.fulfillment_order WHERE part.pick_wave = $1)",
        wave,
    )
    if begun:
        raise WaveUnderWay
    await tenants.connection().execute("DELETE FROM pick_wave WHERE id = $1", wave)
