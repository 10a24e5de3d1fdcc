"""The store answers what shoppers want back: the queue, every decision, counting, and who may do which."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import aftersales, fulfillment
from app.backoffice import queries_dashboard
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.decide_aftersale import approve_aftersale
from app.flows.request_aftersale import request_aftersale
from app.flows.return_goods import receive_return
from app.flows.return_parts import plan_parts
from app.kernel.clock import now
from tenants import Tenant
from tests.builders_aftersales import ADDRESS, ask, case, delivered_order, lines_of, order_of, run_out
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import offer, stock_at, stock_of, warehouse
from tests.functional.conftest import Visitor


@pytest.fixture(autouse=True)
def reads_english(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"


@pytest.fixture
async def merchant(visitor: Visitor, shop: Tenant) -> Visitor:
    await sign_in(visitor, await staff_of(shop, "manager"))
    return visitor


async def _deed(merchant: Visitor, aftersale: UUID, deed: str, form: dict[str, str] | None = None) -> int:
    place = admin(f"/aftersales/{aftersale}")
    return (await merchant.submit(f"{place}/{deed}", form or {}, page=place)).status_code


async def test_the_queue_shows_the_oldest_clock_first_and_what_is_overdue(shop: Tenant, merchant: Visitor) -> None:
    order_id = await delivered_order(quantity=2)
    first, second = await ask(order_id), await ask(order_id)
    await run_out(second)

    page = (await merchant.get(admin("/aftersales"))).text

    assert page.index((await case(second)).number) < page.index((await case(first)).number)
    assert "Overdue" in page


async def test_the_queue_is_filtered_by_state_and_kind(shop: Tenant, merchant: Visitor) -> None:
    order_id = await delivered_order(quantity=2)
    back, claim = await ask(order_id), await ask(order_id, "claim")

    claims = (await merchant.get(admin("/aftersales?kind=claim"))).text
    over = (await merchant.get(admin("/aftersales?status=refunded"))).text

    assert (await case(claim)).number in claims
    assert (await case(back)).number not in claims
    assert "Nothing fits these filters" in over


async def test_an_empty_queue_says_what_will_be_there(shop: Tenant, merchant: Visitor) -> None:
    assert "Nobody wants anything back" in (await merchant.get(admin("/aftersales"))).text


async def test_the_page_says_which_warehouse_waits_for_what_and_what_it_found(shop: Tenant, merchant: Visitor) -> None:
    tea, cup = await offer(title="Tea", stock=5), await offer(title="Cup", stock=0)
    elsewhere = await warehouse("Elsewhere")
    await stock_at(cup, elsewhere, 5)
    order_id = await delivered_order(tea, cup)
    wish = Wish("return", "damaged", "", [WishedLine(line.id, 1, None) for line in await lines_of(order_id)])
    aftersale = await request_aftersale(order_id, wish)
    asked = (await merchant.get(admin(f"/aftersales/{aftersale}"))).text
    await approve_aftersale(aftersale, actor="owner", address=ADDRESS)
    async with tenants.transaction():
        part = (await plan_parts(await aftersales.find(aftersale)))[1]
        await fulfillment.note_announced(part.reference, "R-1", "SF777")

    page = (await merchant.get(admin(f"/aftersales/{aftersale}"))).text

    assert "They left from several warehouses" in asked
    assert "Elsewhere" in page
    assert page.count("Not told yet") == page.count("Expects it") == page.count("knows of parcel SF777") == 1


async def test_from_agreeing_to_the_refund_by_buttons_alone(shop: Tenant, merchant: Visitor) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches, quantity=2)
    aftersale = await ask(order_id, quantity=2)
    async with tenants.transaction():
        line = (await aftersales.lines_of(aftersale))[0]

    await _deed(merchant, aftersale, "approval", {"address": ADDRESS})
    await _deed(merchant, aftersale, "receipt")
    await _deed(merchant, aftersale, "inspection", {f"good_{line.id}": "1", f"damaged_{line.id}": "1"})
    less = await _deed(merchant, aftersale, "refund", {"amount": "12.50"})
    await _deed(merchant, aftersale, "refund", {"amount": "12.50", "words": "One was bitten."})

    assert less == 422
    assert (await case(aftersale)).refunded_amount == 1250
    assert (await stock_of(peaches))["on_hand"] == 4
    page = (await merchant.get(admin(f"/aftersales/{aftersale}"))).text
    assert "One was bitten." in page
    assert page.count("The store agreed") == 1


async def test_declining_offering_and_asking_the_platform(shop: Tenant, merchant: Visitor) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=3)
    declined, offered, disputed = await ask(order_id), await ask(order_id), await ask(order_id)

    await _deed(merchant, declined, "refusal", {"words": "It was eaten."})
    await _deed(merchant, offered, "offer", {"amount": "3"})
    await _deed(merchant, disputed, "dispute", {"words": "These are not ours."})

    assert (await case(declined)).status == "declined"
    assert (await case(offered)).offered_amount == 300
    assert (await case(disputed)).waits_for == "staff"


async def test_the_replacement_is_linked_from_both_sides(shop: Tenant, merchant: Visitor) -> None:
    peaches = await offer(stock=5)
    aftersale = await ask(await delivered_order(peaches), "exchange", instead=peaches.variant)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")

    await _deed(merchant, aftersale, "replacement")

    number = f"{(await case(aftersale)).number}-X"
    assert number in (await merchant.get(admin(f"/aftersales/{aftersale}"))).text
    assert (await merchant.get(admin(f"/orders/{number}"))).status_code == 200


async def test_the_store_opens_one_for_the_shopper_from_the_order(shop: Tenant, merchant: Visitor) -> None:
    order_id = await delivered_order()
    order, line = await order_of(order_id), (await lines_of(order_id))[0]
    page = admin(f"/orders/{order.number}/aftersales/new")
    assert page.removeprefix(admin("")) in (await merchant.get(admin(f"/orders/{order.number}"))).text

    form = {"kind": "return", "reason": "damaged", "words": "By telephone", f"quantity_{line.id}": "1"}
    answer = await merchant.submit(admin(f"/orders/{order.number}/aftersales"), form, page=page)

    assert answer.status_code == 303
    async with tenants.transaction():
        (found,) = await aftersales.of_order(order_id)
    assert (found.opened_by, found.words) == ("merchant", "By telephone")
    refused = await merchant.submit(admin(f"/orders/{order.number}/aftersales"), form, page=page)
    assert refused.status_code == 422


async def test_words_go_to_the_shopper(shop: Tenant, merchant: Visitor) -> None:
    aftersale = await ask(await delivered_order())

    await _deed(merchant, aftersale, "messages", {"words": "Could you send a picture?"})

    async with tenants.transaction():
        (said,) = await aftersales.said_about(aftersale)
    assert (said.author, said.words) == ("merchant", "Could you send a picture?")


async def test_the_owner_sets_times_and_address(shop: Tenant, visitor: Visitor) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))
    place = admin("/aftersales/settings")
    form = {
        "return_days": "30", "answer_hours": "24", "offer_days": "2", "ship_back_days": "5", "arrival_days": "9",
        "inspect_days": "3", "return_address": ADDRESS, "label_words": "",
    }  # fmt: skip

    wrong = await visitor.submit(place, form | {"answer_hours": "0"}, page=place)
    await visitor.submit(place, form, page=place)

    assert wrong.status_code == 422
    async with tenants.transaction():
        policy = await aftersales.read_policy()
    assert (policy.return_days, policy.answer_hours, policy.return_address) == (30, 24, ADDRESS)
    assert "No mail server" in (await visitor.get(admin("/settings"))).text


async def test_a_picker_counts_and_finance_pays_and_neither_does_the_others(shop: Tenant, visitor: Visitor) -> None:
    aftersale = await ask(await delivered_order(await offer(price=1000)))
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)

    await sign_in(visitor, await staff_of(shop, "picker"))
    assert await _deed(visitor, aftersale, "refund", {"amount": "10"}) == 403
    assert await _deed(visitor, aftersale, "receipt") == 303
    await sign_in(visitor, await staff_of(shop, "finance"))
    assert await _deed(visitor, aftersale, "receipt") == 403
    assert await _deed(visitor, aftersale, "refund", {"amount": "10"}) == 303


async def test_a_replacement_is_sent_but_it_is_no_sale(shop: Tenant, merchant: Visitor) -> None:
    order_id = await delivered_order(await offer(price=1000, stock=5))
    line = (await lines_of(order_id))[0]
    async with tenants.transaction():
        before = await queries_dashboard.way(7, now()), (await queries_dashboard.sales(7, now())).orders
    aftersale = await ask(order_id, "exchange", instead=line.variant)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")

    await _deed(merchant, aftersale, "replacement")

    async with tenants.transaction():
        after = await queries_dashboard.way(7, now()), (await queries_dashboard.sales(7, now())).orders
        to_do = await queries_dashboard.to_do()
    assert after == before
    assert sum(after[1]) == 1
    assert to_do["to_ship"] == 1  # it waits for the warehouse like every other order


async def test_what_waits_is_on_the_dashboard(shop: Tenant, merchant: Visitor) -> None:
    await ask(await delivered_order())

    assert "returns and claims" in (await merchant.get(admin("/"))).text
