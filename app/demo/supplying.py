"""What a demo store ordered from its suppliers: a day's list for two pickup points, parcels that suppliers send
themselves, what they could not deliver, and what the store owes them for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment, group_buying, pickups, promoters, purchasing, suppliers
from app.demo import people
from app.demo.buying import NEIGHBORS, buy, take_part, variant_of
from app.demo.campaigning import CUT_OFF
from app.demo.picking import handed_over, planned
from app.demo.sourcing import COST_BPS
from app.flows import supplier_shelf
from app.flows.answer_purchase import answer_purchase
from app.flows.change_stock import adjust
from app.flows.end_participation import confirm_member
from app.flows.order_from_suppliers import order_from_suppliers, reopen
from app.flows.resolve_exceptions import resolve_exceptions
from app.flows.run_campaign import close_campaign, publish_campaign, save_campaign, settle_campaign
from app.flows.settle_suppliers import state_supplier
from app.flows.source_goods import link_goods, save_supplier
from app.flows.supplier_ships import ship_goods
from app.group_buying import CampaignDraft, ItemDraft
from app.kernel.clock import now
from app.suppliers import LinkEdit, Terms

PEACHES, ORANGES, BERRIES = "QH-PEA-12", "QH-ORA-09", "QH-BLU-08"
BERRY_FARM = Terms(name="建水蓝莓基地", contact="李春燕", email="berries@tuanzhou.example", due_days=7)
FROST = "夜里落了冰雹，后两单采不出来"
BY_SUPPLIER = "改由产地直发"
AGREED = "客人愿意等下一批"
CARRIER = "顺丰速运"


async def order_in(card: str, host: UUID) -> None:
    """One batch for both suppliers. One has accepted and sent a parcel, one refuses a part; later sales wait for a
    word."""
    async with tenants.transaction():
        [orchard] = [row.supplier.id for row in await suppliers.rows()]
    farm = await save_supplier(BERRY_FARM)
    oranges, berries = await variant_of(ORANGES), await variant_of(BERRIES)
    await _ships_itself(orchard, oranges)
    await _ships_itself(farm, berries)
    await _cut_off_list(card, host)
    for who in NEIGHBORS[:2]:
        await handed_over(await buy(card, who, oranges, 2))
    unpicked = [await buy(card, who, berries) for who in NEIGHBORS[1:]]
    for order_id in unpicked:
        await handed_over(order_id)
    batch = (await order_from_suppliers(by=people.MERCHANT.name)).batch
    async with tenants.transaction():
        asked = {purchase.supplier: purchase for purchase in await purchasing.purchases_of(batch)}
    await _deliver(asked[orchard])
    await handed_over(await buy(card, NEIGHBORS[3], oranges))
    await reopen(batch, by=people.MERCHANT.name)
    await _refuse_a_part(asked[farm], unpicked)


async def _ships_itself(supplier: UUID, variant: UUID) -> None:
    """The last of it has left the cloud warehouse; from now on the supplier sends it."""
    async with tenants.transaction():
        level = await tenants.connection().fetchrow(
            "SELECT level.warehouse, level.on_hand, variant.price_amount FROM stock_level AS level"
            " JOIN variant ON variant.id = level.variant WHERE variant.id = $1",
            variant,
        )
    assert level is not None  # noqa: S101 - it came with the catalog
    await adjust(
        variant, level["warehouse"], -level["on_hand"], reason="correction", words=BY_SUPPLIER,
        actor=people.MERCHANT.name,
    )  # fmt: skip
    await link_goods(
        supplier, LinkEdit(variant=variant, lead_days=2, drop_ship=True, is_main=True),
        cost_amount=level["price_amount"] * COST_BPS // 10_000, by=people.MERCHANT.name,
    )  # fmt: skip


async def _cut_off_list(card: str, host: UUID) -> None:
    """Peaches for two pickup points; the evening of the list is over, so they are ordered with the next batch."""
    peaches = await variant_of(PEACHES)
    async with tenants.transaction():
        leader = await promoters.find_by_login(host)
        points = await pickups.points_of()
        price = await tenants.connection().fetchval("SELECT price_amount FROM variant WHERE id = $1", peaches)
    assert leader is not None  # noqa: S101 - approved a moment ago
    draft = CampaignDraft(
        kind="community", title=CUT_OFF, terms=group_buying.terms_of("community", {}), share_text=CUT_OFF,
        items=[ItemDraft(peaches, price * 88 // 100)], ends_at=now() + timedelta(hours=1),
    )  # fmt: skip
    campaign = await save_campaign(draft, None, actor=people.MERCHANT.name)
    await publish_campaign(campaign, actor=people.MERCHANT.name)
    async with tenants.transaction():
        code = (await group_buying.find(campaign)).code
    joined = [
        await take_part(card, who, code, peaches, units, {"point": str(point.id)})
        for who, units, point in zip(NEIGHBORS, (1, 2), points, strict=False)
    ]
    async with tenants.transaction():
        await group_buying.lock(campaign)
        await group_buying.set_end(campaign, now())
    await close_campaign(campaign)
    await settle_campaign(campaign)
    for order_id in joined:
        await planned(order_id)
        await confirm_member(order_id)
    await settle_campaign(campaign)


async def _deliver(purchase: purchasing.Purchase) -> None:
    """All of it is agreed to, and one parcel has left."""
    await answer_purchase(purchase.id, version=purchase.version, accepted=None, by=people.SUPPLIER.name)
    await _send_one(purchase.supplier, "SF1438800210036")


async def _refuse_a_part(purchase: purchasing.Purchase, without: Sequence[UUID]) -> None:
    """Whoever bought last goes without; about one of two the store has agreed with the shopper."""
    async with tenants.transaction():
        [line] = await purchasing.lines_of(purchase.id)
    await answer_purchase(
        purchase.id, version=purchase.version, accepted={line.id: line.quantity - 2}, words=FROST,
        by=BERRY_FARM.contact,
    )  # fmt: skip
    await _send_one(purchase.supplier, "SF1438800210451")
    async with tenants.transaction():
        [told] = await fulfillment.exceptions_of(without[-1])
    await resolve_exceptions([told.id], by=people.MERCHANT.name, note=AGREED)


async def _send_one(supplier: UUID, number: str) -> None:
    """What was paid for first is in a parcel, and its money on a statement."""
    async with tenants.transaction():
        waiting = await supplier_shelf.to_ship(supplier)
    await ship_goods(supplier, waiting[0].id, carrier=CARRIER, tracking_number=number)
    await state_supplier(supplier, by=people.MERCHANT.name)
