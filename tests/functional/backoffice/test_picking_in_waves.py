"""The merchant packs himself: picks in waves, prints what belongs in the parcels, and says which left."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.fulfillment import ShippingRules
from tenants import Tenant
from tests import invariants
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import Offer, offer, paid_order, stock_at, stock_of, warehouse
from tests.builders_supply import comes_from, supplier
from tests.pdf_text import text_of

HERE = admin("/fulfillment/waves")


@pytest.fixture
async def picker(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))
    return visitor


async def waiting_order(*offers: Offer, quantity: int = 1) -> str:
    """Its number; its work order is with the warehouse."""
    placed = await paid_order(*offers, quantity=quantity)
    await plan_fulfillment(placed.order_id)
    return placed.number


async def open_wave(picker: Any) -> str:
    async with tenants.transaction():
        (warehouse,) = await fulfillment.warehouses()
    answer = await picker.submit(HERE, {"warehouse": str(warehouse.id)}, page=HERE)
    assert answer.status_code == 303, answer.text[:500]
    return admin(answer.headers["location"])


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Sizes in millimeters; pages without a size of their own have that of the file."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in boxes]


async def test_where_work_waits_is_offered_first_and_what_a_supplier_sends_is_not(picker: Any) -> None:
    await comes_from(await supplier(name="Lake Orchard"), await offer(stock=0), drop_ship=True)
    await warehouse("Attic")
    peaches, cellar = await offer(stock=0), await warehouse("Cellar")
    await stock_at(peaches, cellar, 5)
    await waiting_order(peaches)

    page = (await picker.get(HERE)).text

    assert "Lake Orchard" not in page
    assert page.index("Cellar · 1 order waits") < page.index("Attic · 0 orders wait")


async def test_a_wave_adds_the_goods_up_and_says_into_which_baskets(picker: Any) -> None:
    peaches, honey = await offer(title="Peaches"), await offer(title="Honey")
    await waiting_order(peaches, quantity=2)
    await waiting_order(peaches, honey)

    page = (await picker.get(await open_wave(picker))).text

    assert "Wave W0001" in page
    assert re.search(r"Peaches.*?<b>3</b>.*?#1 ×2.*?#2 ×1", page, re.DOTALL)
    assert re.search(r"Honey.*?<b>1</b>.*?#2 ×1", page, re.DOTALL)


async def test_what_is_in_a_wave_is_not_picked_twice(picker: Any) -> None:
    await waiting_order()
    await open_wave(picker)

    async with tenants.transaction():
        (warehouse,) = await fulfillment.warehouses()
    again = await picker.submit(HERE, {"warehouse": str(warehouse.id)}, page=HERE)

    assert again.status_code == 409


async def test_a_wave_has_exactly_the_batches_and_orders_that_were_chosen(picker: Any) -> None:
    peaches, honey, tea = [await offer(title=title) for title in ("Peaches", "Honey", "Tea")]
    chosen = [await waiting_order(peaches), await waiting_order(peaches, quantity=2), await waiting_order(honey)]
    await waiting_order(tea)
    board = admin("/fulfillment")
    page = (await picker.get(board)).text
    batches = re.findall(r'name="card" value="(waiting:[^"]+)".*?<b>(?:Peaches|Honey)', page)

    chosen_cards = {"card": batches, "deed": "pick"}
    opened = await picker.submit(f"{board}/work", chosen_cards, page=board)
    again = await picker.submit(f"{board}/work", chosen_cards, page=board)

    wave = (await picker.get(admin(opened.headers["location"]))).text
    assert len(batches) == 2
    assert all(number in wave for number in chosen)
    assert "Chosen orders" in wave
    assert "Tea" not in wave
    assert again.status_code == 409


async def test_orders_chosen_in_two_warehouses_are_two_waves_and_held_ones_stay_out(picker: Any, shop: Tenant) -> None:
    numbers = [await waiting_order() for _ in range(3)]
    east = await warehouse("East")
    async with tenants.transaction():
        database = tenants.connection()
        works = [await fulfillment.by_reference(f"{number}-1") for number in numbers]
        await database.execute("UPDATE fulfillment_order SET warehouse = $2 WHERE id = $1", works[1].id, east)
        await database.execute("UPDATE fulfillment_order SET status = 'on_hold' WHERE id = $1", works[2].id)

    answer = await picker.submit(
        admin("/fulfillment/work"), {"work_order": [str(one.id) for one in works], "deed": "pick"}, page=HERE
    )

    assert answer.headers["location"] == "/fulfillment/waves"
    said = (await picker.get(HERE)).text
    assert "2 orders are in the wave · 1 cannot be picked now" in said
    async with tenants.transaction():
        assert [one.orders for one in await fulfillment.waves()] == [1, 1]


async def test_goods_are_ticked_and_the_tick_can_be_taken_back(picker: Any) -> None:
    await waiting_order(await offer(title="Peaches"))
    wave = await open_wave(picker)
    item = re.search(r'name="item" value="([^"]+)"', (await picker.get(wave)).text)
    assert item

    await picker.submit(f"{wave}/ticks", {"item": item[1], "act": "tick"}, page=wave)
    ticked = (await picker.get(wave)).text
    kept = await picker.submit(f"{wave}/dissolution", page=wave)
    await picker.submit(f"{wave}/ticks", {"item": item[1], "act": "untick"}, page=wave)
    free = (await picker.get(wave)).text
    gone = await picker.submit(f"{wave}/dissolution", page=wave)

    assert "1 / 1" in ticked
    assert "0 / 1" in free
    assert (kept.status_code, gone.status_code) == (409, 303)
    assert (await picker.get(wave)).status_code == 404


async def test_the_list_says_when_it_was_printed_before(picker: Any) -> None:
    await waiting_order(await offer(title="蜜桃"), quantity=2)
    wave = await open_wave(picker)
    prints = []
    for _ in range(2):
        answer = await picker.submit(f"{wave}/prints", page=wave)
        prints.append(text_of((await picker.get(admin(answer.headers["location"]))).content))

    assert "蜜桃" in prints[0]
    assert "Reprint" not in prints[0]
    assert "printed 2 times" in prints[1]


async def test_labels_are_100_by_150_with_everything_a_courier_needs(picker: Any) -> None:
    number = await waiting_order(await offer(title="阳山水蜜桃"), quantity=2)
    await waiting_order()
    wave = await open_wave(picker)

    pdf = (await picker.get(f"{wave}/labels.pdf")).content

    text = text_of(pdf)
    assert set(pages_of(pdf)) == {(100, 150)}
    assert pdf.count(b"/Type /Page\n") == 2
    for words in (f"{number}-1", "Lin Xiaoya", "13800000000", "Wuxi", "阳山水蜜桃 ×2"):
        assert words in text, words


async def test_a_store_may_hide_telephones_on_labels(picker: Any) -> None:
    await waiting_order()
    wave = await open_wave(picker)
    async with tenants.transaction():
        await fulfillment.save_shipping_rules(ShippingRules(masks_phone=True, sender_name="Grove", sender_phone="0510"))

    text = text_of((await picker.get(f"{wave}/labels.pdf")).content)

    assert "*******0000" in text
    assert "13800000000" not in text
    assert "Grove" in text


@pytest.mark.parametrize(("size", "millimeters"), [("A4", (210, 297)), ("A5", (148, 210))])
async def test_slips_have_no_prices_and_the_size_that_was_asked_for(
    picker: Any, size: str, millimeters: tuple[int, int]
) -> None:
    await waiting_order(await offer(title="Peaches", price=4390))
    wave = await open_wave(picker)

    pdf = (await picker.get(f"{wave}/slips.pdf?size={size}")).content

    assert set(pages_of(pdf)) == {millimeters}
    assert "Peaches" in text_of(pdf)
    assert "43.90" not in text_of(pdf)


async def test_orders_with_a_tracking_number_have_left(picker: Any, shop: Tenant) -> None:
    peaches = await offer(stock=10)
    first, second = await waiting_order(peaches, quantity=2), await waiting_order(peaches)
    wave = await open_wave(picker)
    typed = {
        "reference": [f"{first}-1", f"{second}-1"], "carrier": ["顺丰速运", ""], "number": ["sf1000000000001", ""],
    }  # fmt: skip

    for _ in range(2):
        await picker.submit(f"{wave}/parcels", typed, page=wave)

    async with tenants.transaction():
        sent = await orders.find_by_number(first)
        (parcel,) = await fulfillment.parcels_of(sent.id)
        assert (await orders.find_by_number(second)).fulfillment_status == "unfulfilled"
    assert (sent.fulfillment_status, parcel.carrier, parcel.tracking_number) == (
        "fulfilled", "shunfeng", "SF1000000000001",
    )  # fmt: skip
    assert (await stock_of(peaches))["on_hand"] == 8
    await invariants.check(shop)


async def test_good_rows_of_a_file_leave_and_bad_ones_say_what_is_wrong(picker: Any, shop: Tenant) -> None:
    first, second = await waiting_order(), await waiting_order()
    rows = [
        "单号,快递公司,运单号", f"{first}-1,圆通速递,YT1234567890123", f"{second}-1,,=cmd()", "T9-1,SF,SF1000000000009",
    ]  # fmt: skip
    files = {"file": ("parcels.csv", "\n".join(rows).encode("gb18030"), "text/csv")}

    answer = await picker.submit(admin("/fulfillment/parcels"), page=HERE, files=files)

    assert answer.status_code == 422
    assert "1 order is shipped." in answer.text
    assert "A tracking number has letters and digits" in answer.text
    assert "There is no such order to ship." in answer.text
    async with tenants.transaction():
        assert (await orders.find_by_number(first)).fulfillment_status == "fulfilled"
        assert (await orders.find_by_number(second)).fulfillment_status == "unfulfilled"
    await invariants.check(shop)


async def test_a_held_order_does_not_leave_by_hand(picker: Any) -> None:
    number = await waiting_order()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET status = 'on_hold', status_reason = 'held'")
    files = {"file": ("p.csv", f"{number}-1,SF,SF1000000000001".encode(), "text/csv")}

    answer = await picker.submit(admin("/fulfillment/parcels"), page=HERE, files=files)

    assert "not waiting to be shipped" in answer.text
    async with tenants.transaction():
        assert await fulfillment.parcels_of((await orders.find_by_number(number)).id) == []


async def test_the_foot_of_each_slip_names_its_own_order(picker: Any) -> None:
    first, second = await waiting_order(), await waiting_order()
    wave = await open_wave(picker)

    pages = text_of((await picker.get(f"{wave}/slips.pdf")).content).split("Packing slip")

    assert [first in pages[1], second in pages[1]] == [True, False]
