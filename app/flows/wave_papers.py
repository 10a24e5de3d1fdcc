"""The papers of a wave: what to pick, a slip for each basket, and a label for each parcel. Not a flow."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import fulfillment, orders, store
from app.flows.order_documents import address_in_lines, as_pdf, drawn, packing_slip
from app.fulfillment import Label, Wave, WaveGoods, WaveOrder
from app.kernel import formats
from app.kernel.i18n import current_locale, gettext, ngettext
from app.orders import Order, Paper, Row, Size
from app.store import Profile

LONGEST_ITEMS, LONGEST_REMARK = 300, 200
CONTENTS = """
SELECT ask.fulfillment_order, line.title,
    CASE line.variant_title WHEN 'Default Title' THEN '' ELSE line.variant_title END AS variant_title,
    line.gift IS NOT NULL AS is_gift, ask.quantity
FROM fulfillment_order_line AS ask JOIN order_line AS line ON line.id = ask.order_line
WHERE ask.fulfillment_order = ANY($1) ORDER BY line.line_number
"""
PARCELS = """
SELECT fulfillment_order, carrier, carrier_name, tracking_number FROM fulfillment
WHERE fulfillment_order = ANY($1) AND tracking_number <> '' AND status <> 'canceled' ORDER BY created_at, id
"""


async def pick_list_pdf(wave_id: UUID) -> bytes:
    """Says from the second time on that it is a reprint, so that nobody walks twice."""
    async with tenants.transaction():
        wave = await fulfillment.find_wave(wave_id)
        goods, baskets = await fulfillment.goods_of(wave), await fulfillment.orders_of_wave(wave_id)
        profile = await store.read_profile()
    return await as_pdf([_pick_list(wave, goods, baskets, profile)])


def _pick_list(wave: Wave, goods: Sequence[WaveGoods], baskets: Sequence[WaveOrder], profile: Profile) -> Paper:
    zone, locale = formats.zone_of(profile.time_zone), current_locale.get()
    facts = [
        (gettext("Wave"), wave.number),
        (gettext("Warehouse"), gettext(wave.warehouse_name)),
        (gettext("Orders"), gettext("Chosen orders"))
        if wave.chosen
        else (gettext("Everything until"), formats.date_time(wave.cutoff_at, locale, zone)),
    ]
    if wave.printed > 1:
        facts.append((gettext("Reprint"), gettext("printed %(count)s times", count=wave.printed)))
    return Paper(
        kind="pick_list", title=gettext("Pick list"), number=wave.number, locale=locale, facts=facts,
        parties=[], item_label=gettext("Goods"), quantity_label=gettext("Quantity"), columns=[],
        rows=[Row(named(one), one.sku, one.quantity, note=_baskets(one)) for one in goods],
        sums=[
            (gettext("Units"), str(sum(one.quantity for one in goods))),
            (gettext("Orders"), str(len(baskets))),
        ],
        remarks=[f"{_number(one.place)}   {one.reference}   {_pieces(one.pieces)}" for one in baskets],
        footer=profile.name,
    )  # fmt: skip


def named(one: WaveGoods) -> str:
    """With a word about what nobody paid for, so that nobody leaves it out."""
    title = " ".join(filter(None, (one.title, one.variant_title)))
    return f"{gettext('Gift')} · {title}" if one.is_gift else title


def _baskets(one: WaveGoods) -> str:
    """Into which basket how many: `#1 ×2   #4 ×1`."""
    return "   ".join(f"{_number(place)} ×{quantity}" for place, quantity in one.places)


def _number(place: int) -> str:
    return f"#{place}"


def _pieces(count: int) -> str:
    return ngettext("%(num)s piece", "%(num)s pieces", count, num=count)


async def slips_pdf(wave_id: UUID, size: Size) -> bytes:
    """One slip per order, without prices: a parcel may be a present."""
    async with tenants.transaction():
        await fulfillment.find_wave(wave_id)
        baskets = [one for one in await fulfillment.orders_of_wave(wave_id) if one.status != "canceled"]
        found = {one.order_id: await orders.find(one.order_id) for one in baskets}
        papers = [await packing_slip(order, current_locale.get()) for order in found.values()]
    if not papers:
        raise fulfillment.NothingToPick
    return await as_pdf(papers, size)


async def labels_pdf(wave_id: UUID) -> bytes:
    """A label per parcel that has a number, else one per work order with its reference as bars."""
    async with tenants.transaction():
        await fulfillment.find_wave(wave_id)
        baskets = [one for one in await fulfillment.orders_of_wave(wave_id) if one.status != "canceled"]
        labels = await _labels(baskets)
    if not labels:
        raise fulfillment.NothingToPick
    return await drawn(fulfillment.draw_labels, labels[: fulfillment.LARGEST_FILE])


async def _labels(baskets: Sequence[WaveOrder]) -> list[Label]:
    ids, database = [one.id for one in baskets], tenants.connection()
    contents, parcels = await database.fetch(CONTENTS, ids), await database.fetch(PARCELS, ids)
    rules, profile = await fulfillment.shipping_rules(), await store.read_profile()
    found = []
    for one in baskets:
        order = await orders.find(one.order_id)
        goods = "，".join(_item(row) for row in contents if row["fulfillment_order"] == one.id)
        known = [row for row in parcels if row["fulfillment_order"] == one.id]
        for code, carrier in [(row["tracking_number"], row["carrier_name"] or row["carrier"]) for row in known] or [
            (one.reference, "")
        ]:
            found.append(_label(order, code, carrier, f"{_number(one.place)} {one.reference}", goods, rules, profile))
    return found


def _item(row: dict[str, object]) -> str:
    title = " ".join(filter(None, (str(row["title"]), str(row["variant_title"]))))
    return f"{gettext('Gift')} · {title} ×{row['quantity']}" if row["is_gift"] else f"{title} ×{row['quantity']}"


def _label(
    order: Order, code: str, carrier: str, line: str, goods: str, rules: fulfillment.ShippingRules, profile: Profile
) -> Label:
    phone = order.ship_to.get("phone", "") or order.phone
    return Label(
        code=_plain(code),
        carrier=carrier or profile.name,
        receiver=order.ship_to.get("recipient", ""),
        receiver_phone=masked(phone) if rules.masks_phone else phone,
        receiver_address=address_in_lines(order.ship_to),
        sender=rules.sender_name or profile.name,
        sender_phone=rules.sender_phone,
        sender_address=rules.sender_address,
        order_line=gettext("Order %(number)s", number=line),
        items=goods[:LONGEST_ITEMS],
        remark=gettext("Note: %(text)s", text=order.note)[:LONGEST_REMARK] if order.note else "",
        to_word=gettext("Deliver to"),
        from_word=gettext("From"),
        locale=current_locale.get(),
    )


def masked(phone: str) -> str:
    """Only the last four digits are to be read."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    return f"*******{digits[-4:]}" if len(digits) > 4 else "*******"


def _plain(code: str) -> str:
    """What bars can say: a tracking number typed with other letters is printed without them."""
    return "".join(letter for letter in code if 32 <= ord(letter) < 127)[:48] or "-"
