"""A program of the shopper's own takes part in a campaign, orders and pays, with nothing but JSON and a token."""

from __future__ import annotations

from typing import Any

import tenants
from app import fulfillment, group_buying, orders
from app.flows.place_order import Placed
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_pickups as pickups
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.functional.api.conftest import Program
from tests.invariants import check

ADDRESS = {
    "recipient": "Lin Xiaoya", "phone": "13800000000", "country": "CN", "region": "Jiangsu", "city": "Wuxi",
    "district": "Binhu", "street": "1 Peach Road",
}  # fmt: skip
PLACE = {name: ADDRESS[name] for name in ("country", "region", "city", "district")}


async def place(program: Program, cart: Any, key: str = "one", **facts: Any) -> Any:
    """The order of a cart at what the quote said."""
    quote = await program.send("POST", f"/carts/{cart['id']}/quote", PLACE)
    body = {"cart": cart["id"], "total": quote["total"]["amount"], "address": ADDRESS} | facts
    return await program.ask("POST", "/orders", body, Idempotency_Key=key)


async def test_from_the_list_of_campaigns_to_a_paid_order(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer(title="Peaches", price=4390)
    sale = await campaigns.campaign(peaches, price=2990, quota=5)

    (shown,) = (await program.get("/campaigns"))["items"]
    await program.come()
    units = [{"variant": shown["items"][0]["variant"], "quantity": 2}]
    cart = await program.send("POST", f"/campaigns/{shown['code']}/join", {"units": units})
    placed = await place(program, cart)
    order = placed.json()
    await campaigns.pay(await _placed(order["number"]))
    paid = await program.get(f"/orders/{order['number']}")
    (mine,) = (await program.get("/participations"))["items"]

    assert (shown["code"], shown["items"][0]["left"]) == (sale.code, 5)
    assert shown["items"][0]["price"] == {"amount": 2990, "currency": "CNY"}
    assert cart["cuts"] == [{"name": "Campaign price", "amount": {"amount": 2800, "currency": "CNY"}}]
    assert (placed.status_code, placed.headers["location"]) == (201, f"/api/v1/orders/{order['number']}")
    assert order["total"]["amount"] == 5980
    assert order["can_be_paid"]
    assert order["pay_until"].endswith("Z")
    assert (paid["payment_status"], paid["can_be_paid"], paid["pay_until"]) == ("paid", False, None)
    assert (paid["participation"]["status"], paid["participation"]["number"]) == ("confirmed", 1)
    assert (mine["number"], mine["participation"]["campaign"]) == (order["number"], sale.code)
    assert (await program.get(f"/campaigns/{sale.code}"))["progress"] == {"units": 2, "people": 1}
    await check(shop)


async def _placed(number: str) -> Any:
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    return Placed(order.id, order.number, orders.access_key(order.id))


async def test_from_the_shelf_to_an_order(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer(title="Peaches", price=4390, stock=3)
    (card,) = (await program.get("/products?q=peach"))["items"]
    product = await program.get(f"/products/{card['handle']}")
    await program.come()

    variant = product["variants"][0]["id"]
    await program.send("POST", "/cart/lines", {"variant": variant})
    cart = (await program.send("PUT", f"/cart/lines/{variant}", {"quantity": 3}))["cart"]
    short = await program.ask("PUT", f"/cart/lines/{variant}", {"quantity": 4})
    placed = await place(program, cart)
    again = await program.ask("GET", f"/carts/{cart['id']}")

    assert variant == str(peaches.variant)
    assert product["variants"][0]["left"] == 3
    assert (short.status_code, short.json()["code"]) == (409, "inventory.not_enough_stock")
    assert placed.json()["total"]["amount"] == 13170
    assert again.status_code == 404
    assert await program.get("/cart") == {"cart": None}
    await check(shop)


async def test_the_same_key_places_one_order_and_answers_the_same(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign()
    await program.come()
    cart = await joined(program, sale.code)

    first, again = await place(program, cart), None
    body = {"cart": cart["id"], "total": first.json()["total"]["amount"], "address": ADDRESS}
    again = await program.ask("POST", "/orders", body, Idempotency_Key="one")
    changed = await program.ask("POST", "/orders", body | {"note": "Ring twice"}, Idempotency_Key="one")
    keyless = await program.ask("POST", "/orders", body)

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency.key_used_otherwise")
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency.key_needed")
    assert len((await program.get("/orders"))["items"]) == 1
    await check(shop)


async def test_a_warehouse_that_has_the_order_is_asked_first(
    shop: Tenant, program: Program, another_program: Program
) -> None:
    peaches = await selling.offer()
    await program.come()
    await another_program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant), "quantity": 1}))["cart"]
    number = (await place(program, cart)).json()["number"]
    placed = await _placed(number)
    await campaigns.pay(placed)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work.id)

    answers = [await program.ask("POST", f"/orders/{number}/cancellation") for _ in range(2)]
    foreign = await another_program.ask("POST", f"/orders/{number}/cancellation")

    assert [each.status_code for each in answers] == [202, 202]
    asked = {"to": "cancel", "status": "asked", "has_left": False, "then": ""}
    assert [(each.json()["status"], each.json()["asked"]) for each in answers] == [("placed", asked)] * 2
    assert await selling.jobs("fulfillment.stop") == 1
    assert foreign.status_code == 404


async def joined(program: Program, code: str, quantity: int = 1, **choices: Any) -> Any:
    shown = await program.get(f"/campaigns/{code}")
    units = [{"variant": shown["items"][0]["variant"], "quantity": quantity}]
    return await program.send("POST", f"/campaigns/{code}/join", {"units": units, "choices": choices})


async def test_at_another_total_nothing_is_ordered(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign()
    await program.come()

    refused = await place(program, await joined(program, sale.code), total=1)

    assert (refused.status_code, refused.json()["code"]) == (409, "orders.price_changed")
    assert (await program.get("/orders"))["items"] == []
    await check(shop)


async def test_an_order_is_called_off_and_its_units_are_free_again(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign(quota=1)
    await program.come()
    order = (await place(program, await joined(program, sale.code))).json()
    assert (await program.get(f"/campaigns/{sale.code}"))["items"][0]["left"] == 0

    canceled = await program.send("POST", f"/orders/{order['number']}/cancellation")
    twice = await program.ask("POST", f"/orders/{order['number']}/cancellation")

    assert (canceled["status"], canceled["participation"]["status"]) == ("canceled", "released")
    assert (twice.status_code, twice.json()["code"]) == (409, "orders.too_late_to_cancel")
    assert (await program.get(f"/campaigns/{sale.code}"))["items"][0]["left"] == 1
    await check(shop)


async def test_what_a_campaign_refuses_is_said_with_its_code_and_in_the_asked_language(
    shop: Tenant, program: Program
) -> None:
    sale, old = await campaigns.campaign(quota=3), await campaigns.campaign()
    draft = await campaigns.campaign(publish=False)
    await campaigns.end(old.id)
    await program.come()
    variant = str((await campaigns.item(sale.id)).variant)
    said = []
    for code, of, quantity in ((sale.code, variant, 9), (old.code, variant, 1), (draft.code, variant, 1)):
        body = {"units": [{"variant": of, "quantity": quantity}]}
        answer = await program.ask("POST", f"/campaigns/{code}/join", body, Accept_Language="zh-TW")
        said.append((answer.status_code, answer.json()["code"]))
        assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["message"])

    assert said == [(409, "group_buying.quota_gone"), (409, "group_buying.not_running"), (404, "not_found")]


async def test_a_late_notice_is_asked_for(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign()
    await program.come()
    order = (await place(program, await joined(program, sale.code))).json()

    looked = await program.send("POST", f"/orders/{order['number']}/payment/checks")

    assert looked["payment_status"] == "unpaid"


async def test_lists_are_read_on_from_where_they_ended(shop: Tenant, program: Program) -> None:
    for number in range(30):
        await selling.offer(title=f"Peach {number}")

    first = await program.get("/products")
    second = await program.get(f"/products?after={first['next']}")

    handles = [card["handle"] for page in (first, second) for card in page["items"]]
    assert (len(first["items"]), len(set(handles)), second["next"]) == (24, 30, "")


async def test_a_team_is_opened_joined_and_watched(shop: Tenant, program: Program, another_program: Program) -> None:
    sale = await teams.campaign(people=2)
    await program.come()
    await another_program.come()

    opened = (await place(program, await joined(program, sale.code, team="new"))).json()
    assert "teams" not in (await program.get(f"/campaigns/{sale.code}"))["facts"]
    await campaigns.pay(await _placed(opened["number"]))
    (team,) = (await program.get(f"/campaigns/{sale.code}"))["facts"]["teams"]
    other = ADDRESS | {"phone": "13900000000"}
    cart = await joined(another_program, sale.code, team=team["code"])
    member = (await place(another_program, cart, address=other)).json()
    await campaigns.pay(await _placed(member["number"]))
    mine = (await program.get(f"/orders/{opened['number']}"))["participation"]
    over = await another_program.ask(
        "POST", f"/campaigns/{sale.code}/join", _joining(cart["lines"][0]["variant"], team=team["code"])
    )

    assert (team["people"], team["missing"], team["status"]) == (2, 1, "forming")
    assert (mine["team"]["status"], mine["team"]["missing"]) == ("succeeded", 0)
    assert over.status_code == 409
    await check(shop)


async def test_a_chain_asks_its_questions_and_refuses_without_answers(shop: Tenant, program: Program) -> None:
    terms = {"questions": [{"label": "Building", "required": True}]}
    sale = await campaigns.campaign(kind="chain_campaign", terms=terms)
    await program.come()
    shown = await program.get(f"/campaigns/{sale.code}")
    variant = shown["items"][0]["variant"]

    silent = await program.ask("POST", f"/campaigns/{sale.code}/join", _joining(variant))
    order = (await place(program, await joined(program, sale.code, fields={"Building": "8"}))).json()

    assert [question["label"] for question in shown["facts"]["questions"]] == ["Building"]
    assert silent.status_code in (409, 422)
    assert order["participation"]["kind"] == "chain_campaign"
    await check(shop)


async def test_whoever_came_through_a_shared_link_is_kept_with_it(shop: Tenant, program: Program) -> None:
    sale = await campaigns.campaign()
    inviter = await campaigns.join_and_pay(sale)
    token = group_buying.invitations.token_of(inviter.order_id)
    await program.come()
    variant = str((await campaigns.item(sale.id)).variant)

    await program.send("POST", f"/campaigns/{sale.code}/join", _joining(variant) | {"invited_by": "没.有"})
    cart = await program.send("POST", f"/campaigns/{sale.code}/join", _joining(variant) | {"invited_by": token})
    order = await _placed((await place(program, cart)).json()["number"])

    async with tenants.transaction():
        kept = await tenants.connection().fetchval(
            "SELECT invited_by FROM participation WHERE order_id = $1", order.order_id
        )
    assert kept == inviter.order_id
    await check(shop)


async def test_who_picks_it_up_gives_no_address(shop: Tenant, program: Program) -> None:
    there = await pickups.point()
    sale = await pickups.community()
    await program.come()
    (point,) = (await program.get(f"/campaigns/{sale.code}"))["facts"]["points"]

    cart = await joined(program, sale.code, point=point["id"])
    contact = {"recipient": "Lin Xiaoya", "phone": "13800000000"}
    order = (await place(program, cart, address=contact)).json()
    nowhere = await program.ask("POST", f"/campaigns/{sale.code}/join", _joining(cart["lines"][0]["variant"]))

    assert (point["id"], cart["place"]["name"]) == (str(there.id), there.name)
    assert order["participation"]["pickup"]["point"] == there.name
    assert nowhere.status_code in (409, 422)
    await check(shop)


async def test_what_a_leader_brings_around_asks_for_a_street_and_nothing_more(shop: Tenant, program: Program) -> None:
    sale = await chains.chain(terms={"delivery": "local", "place": "Lake Garden"})
    await program.come()
    facts = (await program.get(f"/campaigns/{sale.code}"))["facts"]

    cart = await joined(program, sale.code)
    contact = {"recipient": "Lin Xiaoya", "phone": "13800000000"}
    without = await place(program, cart, address=contact)
    order = (await place(program, cart, address=contact | {"street": "Building 3"})).json()

    assert (facts["delivery"], facts["place"], cart["place"]["asks_street"]) == ("local", "Lake Garden", True)
    assert without.status_code == 422
    pickup = order["participation"]["pickup"]
    assert (pickup["how"], pickup["point"], pickup["address"]) == ("local", sale.title, "Building 3")
    await check(shop)


async def test_a_pre_sale_is_quoted_with_its_deposit(shop: Tenant, program: Program) -> None:
    sale = await presales.presale_campaign()
    await program.come()
    facts = (await program.get(f"/campaigns/{sale.code}"))["facts"]

    cart = await joined(program, sale.code)
    quote = await program.send("POST", f"/carts/{cart['id']}/quote", PLACE)
    order = (await place(program, cart)).json()

    assert quote["due"] == order["due"]
    assert facts["ships_at"].endswith("Z")
    await check(shop)


def _joining(variant: str, **choices: Any) -> dict[str, Any]:
    return {"units": [{"variant": variant, "quantity": 1}], "choices": choices}


async def test_who_wants_what_is_only_tested_says_so_once(shop: Tenant, program: Program) -> None:
    plums = await campaigns.campaign(kind="demand_test", title="Do you want plums?", terms={"metric": "intents"})
    sale = await campaigns.campaign()
    await program.come()

    said = [await program.send("POST", f"/campaigns/{plums.code}/interest") for _ in range(2)]
    nowhere = await program.ask("POST", f"/campaigns/{sale.code}/interest")

    async with tenants.transaction():
        marks = await tenants.connection().fetchval("SELECT count(*) FROM demand_mark WHERE kind = 'intent'")
    assert (said[0]["code"], marks) == (plums.code, 1)
    assert (nowhere.status_code, nowhere.json()["code"]) == (409, "group_buying.not_running")
