"""A merchant corrects an order, leaves notes and reads its history."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import orders, payments
from app.backoffice.order_page import read_order
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests import builders_selling as selling
from tests import round_trips
from tests.builders_backoffice import admin, sign_in, staff_of

ADDRESS = {
    "recipient": "Chen Li", "phone": "13900000000", "region": "Jiangsu", "city": "Suzhou", "district": "Wuzhong",
    "street": "2 Plum Road",
}  # fmt: skip


async def _order(number: str) -> orders.Order:
    async with tenants.transaction():
        return await orders.find_by_number(number)


async def test_an_address_is_corrected_and_told_in_the_history(visitor: Any, shop: Tenant) -> None:
    placed = await selling.paid_order()
    await sign_in(visitor, await staff_of(shop, "manager"))
    edit = admin(f"/orders/{placed.number}/edit")
    seen = (await _order(placed.number)).event_seq

    answer = await visitor.submit(
        admin(f"/orders/{placed.number}/address"), ADDRESS | {"seen": seen}, page=edit
    )  # fmt: skip

    assert answer.status_code == 303
    assert (await _order(placed.number)).ship_to["city"] == "Suzhou"
    history = (await visitor.get(admin(f"/orders/{placed.number}/timeline"), headers={"Accept-Language": "en"})).text
    assert "Delivery address changed" in history
    assert "2 Plum Road" in history
    assert "1 Peach Road" in history


async def test_a_page_asks_for_nothing_that_its_order_does_not_have(shop: Tenant) -> None:
    placed = await selling.paid_order()
    await plan_fulfillment(placed.order_id)
    order = await _order(placed.number)

    async with tenants.transaction():
        with round_trips.counted() as trips:
            plain = await read_order(order)
        await orders.add_note(order.id, "Call first", author=None, author_name="Lin")
        noted = await read_order(order)

    assert trips.count <= 10
    assert (len(plain["work_orders"]), plain["parcels"], plain["notes"]) == (1, [], [])
    assert [note.text for note in noted["notes"]] == ["Call first"]
    assert "Call first" in str(noted["entries"][0])


@pytest.mark.parametrize(
    ("country", "asked", "needed"),
    [
        ("CN", {"region", "city", "district", "street"}, "Enter the province."),
        ("TW", {"postal_code", "city", "district", "street"}, "Enter the city or county."),
        ("HK", {"district", "street"}, "Enter the district."),
        ("SG", {"street", "postal_code"}, "Enter the postal code."),
        ("MY", {"street", "postal_code", "city", "region"}, "Enter the state or province."),
        ("JP", {"postal_code", "region", "city", "street"}, "Enter the prefecture."),
        ("US", {"street", "city", "region", "postal_code"}, "Enter the state or province."),
    ],
)
async def test_an_address_is_asked_for_as_its_country_writes_it(
    visitor: Any, shop: Tenant, country: str, asked: set[str], needed: str
) -> None:
    placed = await selling.paid_order()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET ship_to = ship_to || jsonb_build_object('country', $1::text) WHERE number = $2",
            country, placed.number,
        )  # fmt: skip
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "manager"))
    edit = admin(f"/orders/{placed.number}/edit")
    form = {"seen": (await _order(placed.number)).event_seq, "recipient": "Chen Li", "phone": "13900000000"}

    page = (await visitor.get(edit)).text
    empty = await visitor.submit(admin(f"/orders/{placed.number}/address"), form, page=edit)
    answer = await visitor.submit(
        admin(f"/orders/{placed.number}/address"), form | dict.fromkeys(asked, "Somewhere 1"), page=edit
    )

    parts = ("region", "city", "district", "street", "postal_code")
    assert {name for name in parts if f'name="{name}"' in page} == asked
    assert (empty.status_code, needed in empty.text) == (422, True)
    assert answer.status_code == 303
    kept = (await _order(placed.number)).ship_to
    assert set(kept) - {"recipient", "phone", "country"} == asked
    assert kept["country"] == country


async def test_a_slow_editor_keeps_what_was_typed_and_is_told(visitor: Any, shop: Tenant) -> None:
    placed = await selling.paid_order()
    await sign_in(visitor, await staff_of(shop, "manager"))
    edit, seen = admin(f"/orders/{placed.number}/edit"), (await _order(placed.number)).event_seq
    await visitor.submit(admin(f"/orders/{placed.number}/note"), {"seen": seen, "note": "Ring twice"}, page=edit)

    late = await visitor.submit(admin(f"/orders/{placed.number}/address"), ADDRESS | {"seen": seen}, page=edit)

    assert late.status_code == 409
    assert 'value="Chen Li"' in late.text
    assert (await _order(placed.number)).ship_to["recipient"] == "Lin Xiaoya"


async def test_quantities_are_lowered_before_it_is_paid(visitor: Any, shop: Tenant) -> None:
    placed = await selling.order(await selling.offer(price=1000), quantity=3)
    await sign_in(visitor, await staff_of(shop, "manager"))
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    form = {"seen": (await _order(placed.number)).event_seq, f"quantity-{line.id}": "x"}
    address, edit = admin(f"/orders/{placed.number}/quantities"), admin(f"/orders/{placed.number}/edit")

    assert (await visitor.submit(address, form, page=edit)).status_code == 422
    answer = await visitor.submit(address, form | {f"quantity-{line.id}": "2"}, page=edit)

    assert answer.status_code == 303
    assert (await _order(placed.number)).total_amount == 2000


async def test_fewer_goods_of_a_paid_order_give_money_back_once(visitor: Any, shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), quantity=3)
    await sign_in(visitor, await staff_of(shop, "manager"))
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    form = {"seen": (await _order(placed.number)).event_seq, f"quantity-{line.id}": "2"}
    address, edit = admin(f"/orders/{placed.number}/quantities"), admin(f"/orders/{placed.number}/edit")

    first = await visitor.submit(address, form, page=edit)
    again = await visitor.submit(address, form, page=edit)

    async with tenants.transaction():
        refunds = await payments.refunds_of(placed.order_id)
    assert (first.status_code, again.status_code, [refund.amount for refund in refunds]) == (303, 409, [1000])


async def test_a_picker_leaves_a_note_the_shopper_never_sees(visitor: Any, another_visitor: Any, shop: Tenant) -> None:
    from tests.functional.conftest import store_address

    placed = await selling.order()
    await sign_in(visitor, await staff_of(shop, "picker"))
    page = admin(f"/orders/{placed.number}")

    await visitor.submit(f"{page}/notes", {"text": "Last carton is dented"}, page=page)
    await visitor.submit(f"{page}/tags", {"tags": "dented, gift"}, page=page)

    shown = (await visitor.get(page)).text
    assert "Last carton is dented" in shown
    assert "dented" in shown
    history = store_address(shop, f"/orders/{placed.number}/timeline?key={placed.key}")
    told = await another_visitor.get(history)
    assert told.status_code == 200
    assert "carton" not in told.text
    assert (await another_visitor.get(history.partition("?")[0])).status_code == 404


async def test_the_shopper_is_not_told_who_of_the_store_it_was(
    visitor: Any, another_visitor: Any, shop: Tenant
) -> None:
    from app.flows.edit_order import edit_note
    from tests.functional.conftest import store_address

    placed = await selling.order()
    await edit_note(placed.order_id, (await _order(placed.number)).event_seq, "Ring twice", actor="Secret Name")

    told = (await another_visitor.get(store_address(shop, f"/orders/{placed.number}/timeline?key={placed.key}"))).text

    assert "Ring twice" in told
    assert "Secret Name" not in told
