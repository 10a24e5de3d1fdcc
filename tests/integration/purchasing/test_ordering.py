"""What shoppers paid for is ordered once; a batch opened again says what changed; goods arrive on their shelf."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import fulfillment, purchasing
from app.flows.answer_purchase import answer_change
from app.flows.cancel_order import cancel_order
from app.flows.order_from_suppliers import NothingToOrder, order_from_suppliers, reopen
from app.flows.receive_goods import NotExpected, receive_goods
from app.kernel.errors import InvalidInput, NotFound
from app.purchasing import AlreadyAnswered, PurchaseChanged
from tenants import Tenant
from tests.builders_selling import offer, stock_of
from tests.builders_supply import (
    SU_HE,
    accept,
    batch,
    comes_from,
    content,
    lines,
    planned,
    purchases_in,
    reload,
    supplier,
)
from tests.invariants import check


async def test_paid_lines_are_summed_by_supplier_and_place(shop: Tenant) -> None:
    peaches, plums, tea = await offer(title="Peaches"), await offer(title="Plums"), await offer(title="Tea", stock=0)
    orchard, kiln = await supplier(name="A orchard"), await supplier(name="B kiln")
    await comes_from(orchard, peaches, plums, cost=2_000)
    await comes_from(kiln, tea, cost=300, drop_ship=True)
    await planned(peaches, quantity=2)
    await planned(peaches, plums)
    await planned(tea, quantity=4)

    [to_orchard, to_kiln] = sorted(await batch(), key=lambda one: one.supplier_name)

    assert (to_orchard.status, to_orchard.version, to_orchard.total_amount) == ("sent", 1, 8_000)
    assert [(line.title, line.quantity, line.drop_ship) for line in await lines(to_orchard)] == [
        ("Peaches", 3, False), ("Plums", 1, False),
    ]  # fmt: skip
    assert {kind for kind, _label, _many in await content(to_orchard)} == {"warehouse"}
    assert [(kind, many) for kind, _label, many in await content(to_kiln)] == [("shopper", 4)]
    await check(shop)


async def test_what_is_ordered_is_not_ordered_again_however_many_ask(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    await comes_from(orchard, peaches)
    await planned(peaches, quantity=3)

    outcomes = await asyncio.gather(*(order_from_suppliers(by=SU_HE) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(one, NothingToOrder) for one in outcomes) == 3
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, NothingToOrder)]
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM supply_unit") == 3
    await check(shop)


async def test_goods_without_a_cost_are_named_and_left_out(shop: Tenant) -> None:
    peaches, plums, orchard = await offer(), await offer(title="Plums"), await supplier()
    await comes_from(orchard, peaches)
    await comes_from(orchard, plums, cost=None)
    await planned(peaches, plums)

    made = await order_from_suppliers(by=SU_HE)

    assert made.without_cost == ("Plums",)
    [purchase] = await purchases_in(made.batch)
    assert [line.title for line in await lines(purchase)] == ["Peaches"]


async def test_a_batch_opened_again_says_what_changed(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    await comes_from(orchard, peaches)
    gone = await planned(peaches, quantity=2)
    [purchase] = await batch()

    await cancel_order(gone, actor="shopper")
    await planned(peaches, quantity=5)
    assert (await reopen(purchase.batch, by=SU_HE)).changed == 1

    after = await reload(purchase)
    assert (after.version, after.total_amount) == (2, 10_000)
    async with tenants.transaction():
        new, old = await purchasing.versions_of(purchase.id)
    [difference] = purchasing.differences(old.content, new.content)
    assert (difference.before, difference.after) == (2, 5)
    assert (await reopen(purchase.batch, by=SU_HE)).changed == 0
    with pytest.raises(PurchaseChanged):
        await accept(purchase)
    assert await accept(after) == "accepted"
    await check(shop)


async def test_an_order_called_off_is_not_accepted_by_accident(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    await comes_from(orchard, peaches)
    kept, gone = await planned(peaches), await planned(peaches)
    [purchase] = await batch()
    await cancel_order(gone, actor="shopper")

    with pytest.raises(PurchaseChanged):
        await accept(purchase)

    [line] = await lines(purchase)
    assert (line.quantity, (await reload(purchase)).version) == (1, 2)
    await cancel_order(kept, actor="shopper")
    with pytest.raises(AlreadyAnswered):
        await accept(await reload(purchase))
    assert (await reload(purchase)).status == "canceled"
    await check(shop)


async def test_after_the_answer_more_is_a_supplement_and_fewer_is_a_question(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    await comes_from(orchard, peaches)
    gone = await planned(peaches, quantity=2)
    [purchase] = await batch()
    await accept(purchase)

    await cancel_order(gone, actor="shopper")
    await planned(peaches)
    await reopen(purchase.batch, by=SU_HE)
    await reopen(purchase.batch, by=SU_HE)

    first, supplement = await purchases_in(purchase.batch)
    assert (supplement.supplements, supplement.status, supplement.total_amount) == (purchase.id, "sent", 2_000)
    async with tenants.transaction():
        [change] = await purchasing.changes_of(first.id)
    assert (change.quantity, change.status) == (2, "asked")
    done = [await answer_change(change.id, agreed=True, by="Gu") for _ in range(2)]
    assert done == [True, False]
    assert ((await reload(first)).status, (await reload(first)).total_amount) == ("closed", 0)
    await check(shop)


async def test_goods_a_supplier_sends_anyway_are_for_a_person(shop: Tenant) -> None:
    tea, kiln = await offer(title="Tea", stock=0), await supplier()
    await comes_from(kiln, tea, cost=300, drop_ship=True)
    gone = await planned(tea, quantity=2)
    [purchase] = await batch()
    await accept(purchase)
    await cancel_order(gone, actor="shopper")
    await reopen(purchase.batch, by=SU_HE)
    async with tenants.transaction():
        [change] = await purchasing.changes_of(purchase.id)

    await answer_change(change.id, agreed=False, words="on the truck", by="Gu")

    async with tenants.transaction():
        [raised] = await fulfillment.exceptions_of(gone)
    assert raised.kind == fulfillment.trouble.SUPPLIER_SENDS_ANYWAY
    assert (raised.params["reason"], raised.params["purchase"]) == ("on the truck", str(purchase.id))


async def test_what_a_supplier_refuses_waits_for_a_person_and_can_be_ordered_elsewhere(shop: Tenant) -> None:
    peaches, orchard, other = await offer(), await supplier(), await supplier()
    await comes_from(orchard, peaches)
    await planned(peaches, quantity=2)
    last = await planned(peaches)
    [purchase] = await batch()
    [line] = await lines(purchase)

    with pytest.raises(InvalidInput):
        await accept(purchase, {line.id: 2}, words="")
    assert await accept(purchase, {line.id: 2}) == "accepted"

    async with tenants.transaction():
        [raised] = await fulfillment.exceptions_of(last)
    assert raised.kind == fulfillment.trouble.SUPPLIER_REFUSED
    await comes_from(other, peaches, cost=2_100)
    [elsewhere] = await batch()
    assert (elsewhere.supplier, elsewhere.total_amount) == (other, 2_100)
    await check(shop)


async def test_goods_that_arrive_are_on_the_shelf_once(shop: Tenant) -> None:
    peaches, orchard = await offer(stock=10), await supplier()
    await comes_from(orchard, peaches)
    await planned(peaches, quantity=3)
    [purchase] = await batch()
    [line] = await lines(purchase)
    with pytest.raises(NotExpected):
        await receive_goods(purchase.id, {line.id: 3}, by=SU_HE)
    await accept(purchase)

    assert await receive_goods(purchase.id, {line.id: 2}, by=SU_HE) == 2
    with pytest.raises(InvalidInput):
        await receive_goods(purchase.id, {line.id: 2}, by=SU_HE)
    assert await receive_goods(purchase.id, {line.id: 1}, by=SU_HE) == 1

    assert (await stock_of(peaches))["on_hand"] == 13
    assert (await reload(purchase)).status == "closed"
    with pytest.raises(NotExpected):
        await receive_goods(purchase.id, {line.id: 1}, by=SU_HE)
    await check(shop)


async def test_suppliers_and_stores_do_not_see_each_others_orders(shop: Tenant, other_shop: Tenant) -> None:
    peaches, orchard, other = await offer(), await supplier(), await supplier()
    await comes_from(orchard, peaches)
    await planned(peaches)
    [purchase] = await batch()

    async with tenants.transaction():
        assert (await purchasing.purchases(supplier=other)).items == []
        with pytest.raises(NotFound):
            await purchasing.find_purchase(purchase.id, supplier=other)
    with pytest.raises(NotFound):
        await accept(purchase, supplier=other)
    await _not_there(other_shop, purchase.id)


async def _not_there(elsewhere: Tenant, purchase: UUID) -> None:
    with tenants.bind(elsewhere):
        async with tenants.transaction():
            with pytest.raises(NotFound):
                await purchasing.find_purchase(purchase)
