"""A demo store packs some goods itself: a wave that somebody walks with, a parcel that left, an order that is held."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from app.demo import people
from app.demo.buying import NEIGHBORS, buy, variant_of
from app.flows.change_stock import transfer
from app.flows.connect_warehouse import connect_warehouse
from app.flows.map_skus import map_sku
from app.flows.merchant_acts import Actor
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.ship_by_hand import ship_by_hand
from app.flows.stop_work_order import ask_to_stop
from app.fulfillment import KINDS, Described
from app.kernel.clock import now

PACKED_HERE, TEA = "QH-SWP-09", ("QH-TEA-10", "LJ-2026-100G")
ROOM = Described("店里打包间", "", "CN", "江苏省", 2, 5_00, 16 * 60)
NOTE, CARRIED = "下周一再发，这周出门了", "自己打包，不走云仓"


async def pack_ourselves(card: str, merchant: UUID) -> None:
    """Sweet potatoes lie in the store's own room. Of four orders one has left and one is held."""
    actor = Actor(merchant, people.MERCHANT.name)
    async with tenants.transaction():
        cloud = next(place.id for place in await fulfillment.warehouses() if place.is_default)
    await map_sku(cloud, *TEA, by=actor)
    room = await connect_warehouse(KINDS["by_hand"], {}, ROOM, practice=False, by=actor)
    potatoes = await variant_of(PACKED_HERE)
    await _carry_over(potatoes, cloud, room)
    work = [
        await handed_over(await buy(card, who, potatoes, units))
        for who, units in zip(NEIGHBORS[:3], (2, 1, 3), strict=True)
    ]
    held = await planned(await buy(card, NEIGHBORS[3], potatoes, note=NOTE))
    await ask_to_stop(held.id, "hold", {}, actor=actor.name)
    async with tenants.transaction():
        wave = await fulfillment.find_wave(await fulfillment.open_wave(room, now(), by=actor.name))
        for goods in await fulfillment.goods_of(wave):
            await fulfillment.tick(wave.id, goods.item, by=actor.name)
        await fulfillment.note_print(wave.id)
    await ship_by_hand(work[1].reference, "中通快递", "ZTO880012340017", actor=actor)


async def handed_over(order_id: UUID) -> fulfillment.WorkOrder:
    """Planned, and where it is to be packed."""
    work = await planned(order_id)
    await push_fulfillment(work.id)
    return work


async def planned(order_id: UUID) -> fulfillment.WorkOrder:
    await plan_fulfillment(order_id)
    async with tenants.transaction():
        [work] = await fulfillment.work_orders_of(order_id)
    return work


async def _carry_over(variant: UUID, cloud: UUID, room: UUID) -> None:
    async with tenants.transaction():
        there = await tenants.connection().fetchval(
            "SELECT on_hand FROM stock_level WHERE variant = $1 AND warehouse = $2", variant, cloud
        )
    await transfer(variant, cloud, room, there, at_once=True, due_on=None, words=CARRIED, actor=people.MERCHANT.name)
