"""A program asks for a return, an exchange or money back, shows pictures, and follows what becomes of it."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

import tenants
from app import orders
from app.flows.decide_aftersale import approve_aftersale, offer_amount
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_aftersales import ADDRESS as RETURNS
from tests.builders_aftersales import lines_of, ship
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import _placed, place
from tests.invariants import check


async def arrived(program: Program, *, quantity: int = 2, price: int = 1000) -> tuple[str, UUID]:
    """An order of the token's visitor that was paid and has left: its number and its line."""
    peaches = await selling.offer(price=price)
    await program.come()
    body = {"variant": str(peaches.variant), "quantity": quantity}
    cart = (await program.send("POST", "/cart/lines", body))["cart"]
    number = (await place(program, cart)).json()["number"]
    placed = await _placed(number)
    await campaigns.pay(placed)
    await ship(placed.order_id)
    return number, (await lines_of(placed.order_id))[0].id


def wish(line: UUID, **facts: Any) -> dict[str, Any]:
    return {"kind": "return", "reason": "damaged", "words": "Bitten", "lines": [{"line": str(line), "quantity": 1}]} | (
        facts
    )


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "#8a5a2b").save(file, "JPEG")
    return file.getvalue()


async def upload(program: Program, path: str, body: Any, *files: bytes) -> httpx.Response:
    """A form with the JSON as a field, the way a mini-program uploads."""
    return await program.client.post(
        f"{program.base}{path}", data={"body": json.dumps(body)},
        files=[("pictures", ("a.jpg", content, "image/jpeg")) for content in files],
        headers={"Authorization": f"Bearer {program.token}"},
    )  # fmt: skip


async def test_what_can_be_asked_for_is_listed_and_asked_for(shop: Tenant, program: Program) -> None:
    number, line = await arrived(program)
    before = await program.get(f"/orders/{number}/aftersales")

    made = await program.ask("POST", f"/orders/{number}/aftersales", wish(line))
    after = await program.get(f"/orders/{number}/aftersales")
    shown = await program.get(f"/orders/{number}/aftersales/{made.json()['id']}")

    assert (before["can_ask"], before["items"]) == (True, [])
    assert (before["lines"][0]["left"], before["lines"][0]["worth"]["amount"]) == (2, 2000)
    assert "damaged" in {each["code"] for each in before["reasons"]}
    assert (made.status_code, made.headers["location"].endswith(made.json()["id"])) == (201, True)
    assert (shown["status"], shown["wanted"]["amount"], shown["turn"]["who"]) == ("requested", 1000, "merchant")
    assert [(each["cause"], each["words"]) for each in shown["moves"]] == [("requested", "You asked")]
    assert (after["lines"][0]["left"], [each["id"] for each in after["items"]]) == (1, [shown["id"]])


async def test_pictures_come_with_the_request_and_only_the_two_sides_see_them(
    shop: Tenant, program: Program, another_program: Program
) -> None:
    number, line = await arrived(program)
    await another_program.come()

    made = (await upload(program, f"/orders/{number}/aftersales", wish(line), jpeg(), b"no picture")).json()
    more = await upload(program, f"/orders/{number}/aftersales/{made['id']}/messages", {"words": "Look"}, jpeg())
    shown = await program.get(f"/orders/{number}/aftersales/{made['id']}")
    path = f"{program.base}{shown['pictures'][0]['url']}"
    mine = await program.client.get(path, headers={"Authorization": f"Bearer {program.token}"})
    theirs = await program.client.get(path, headers={"Authorization": f"Bearer {another_program.token}"})

    assert (len(made["pictures"]), len(made["refused_pictures"]), more.status_code) == (1, 1, 200)
    assert ([each["words"] for each in shown["messages"]], len(shown["pictures"])) == (["Look"], 2)
    assert (mine.status_code, mine.headers["content-type"], mine.content[8:12]) == (200, "image/webp", b"WEBP")
    assert (theirs.status_code, (await program.client.get(path)).status_code) == (404, 401)


async def test_the_stores_offer_is_answered_and_the_money_goes_back(shop: Tenant, program: Program) -> None:
    number, line = await arrived(program)
    made = await program.send("POST", f"/orders/{number}/aftersales", wish(line))
    here = f"/orders/{number}/aftersales/{made['id']}"

    too_early = await program.ask("POST", f"{here}/answer", {"accept": True})
    await offer_amount(UUID(made["id"]), 400, actor="Su He")
    offered = await program.get(here)
    taken = await program.send("POST", f"{here}/answer", {"accept": True})

    assert (too_early.status_code, too_early.json()["code"]) == (409, "aftersales.illegal_move")
    assert (offered["can_answer"], offered["offered"]["amount"], offered["turn"]["who"]) == (True, 400, "shopper")
    assert offered["moves"][-1]["by"] == shop.name
    assert (taken["status"], taken["refunded"]["amount"], taken["can_answer"]) == ("refunded", 400, False)
    await check(shop)


async def test_goods_are_sent_back_or_the_request_is_withdrawn(shop: Tenant, program: Program) -> None:
    number, line = await arrived(program)
    first = await program.send("POST", f"/orders/{number}/aftersales", wish(line))
    second = await program.send("POST", f"/orders/{number}/aftersales", wish(line))
    here = f"/orders/{number}/aftersales"
    await approve_aftersale(UUID(first["id"]), actor="Su He", address=RETURNS)

    sent = await program.send("POST", f"{here}/{first['id']}/parcel", {"carrier": "SF", "tracking_number": "sf 1"})
    withdrawn = await program.send("POST", f"{here}/{second['id']}/cancellation")
    too_late = await program.ask("POST", f"{here}/{first['id']}/cancellation")

    assert (sent["tracking_number"], sent["return_address"], sent["can_cancel"]) == ("SF1", RETURNS, False)
    assert (withdrawn["status"], withdrawn["turn"]) == ("canceled", None)
    assert too_late.json()["code"] == "aftersales.illegal_move"


async def test_the_platform_is_asked_once(shop: Tenant, program: Program) -> None:
    number, line = await arrived(program)
    made = await program.send("POST", f"/orders/{number}/aftersales", wish(line))
    here = f"/orders/{number}/aftersales/{made['id']}/dispute"

    asked = await program.send("POST", here, {"words": "They do not answer"})
    again = await program.ask("POST", here, {"words": "They do not answer"})

    assert (made["can_dispute"], asked["can_dispute"], asked["turn"]["who"]) == (True, False, "staff")
    assert (again.status_code, again.json()["code"]) == (409, "aftersales.ruled_already")


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({"lines": []}, 422, "invalid_input"), ({"kind": "gift"}, 422, "invalid_input"),
        ({"reason": "mood"}, 422, "invalid_input"), ({"kind": "exchange"}, 422, "invalid_input"),
        ({"kind": "claim", "amount": 99_999}, 422, "invalid_input"),
        ({"lines": [{"line": "00000000-0000-0000-0000-000000000000", "quantity": 1}]}, 422, "invalid_input"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_nothing_is_asked(
    shop: Tenant, program: Program, facts: dict[str, Any], status: int, code: str
) -> None:
    number, line = await arrived(program)

    answer = await program.ask("POST", f"/orders/{number}/aftersales", wish(line) | facts)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await program.get(f"/orders/{number}/aftersales"))["items"] == []


async def test_more_than_is_left_is_refused_and_sent_twice_is_one_request(shop: Tenant, program: Program) -> None:
    number, line = await arrived(program, quantity=2)
    here = f"/orders/{number}/aftersales"

    once = [await program.ask("POST", here, wish(line), Idempotency_Key="a") for _ in range(2)]
    more = await program.ask("POST", here, wish(line, lines=[{"line": str(line), "quantity": 2}]))

    assert once[0].json()["id"] == once[1].json()["id"]
    assert (more.status_code, more.json()["code"]) == (409, "aftersales.not_enough_left")


async def test_nothing_that_is_still_here_can_be_asked_for(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer()
    await program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)}))["cart"]
    number = (await place(program, cart)).json()["number"]
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    (line,) = await lines_of(order.id)

    listed = await program.get(f"/orders/{number}/aftersales")
    answer = await program.ask("POST", f"/orders/{number}/aftersales", wish(line.id))

    assert (listed["can_ask"], listed["lines"]) == (False, [])
    assert answer.json()["code"] == "aftersales.nothing_to_ask"


async def test_requests_of_others_are_unknown(shop: Tenant, program: Program, another_program: Program) -> None:
    number, line = await arrived(program)
    made = await program.send("POST", f"/orders/{number}/aftersales", wish(line))
    other, _ = await arrived(another_program)

    asked = [
        await another_program.ask(method, path, body)
        for place_ in (number, other)
        for method, path, body in (
            ("GET", f"/orders/{place_}/aftersales/{made['id']}", None),
            ("POST", f"/orders/{place_}/aftersales/{made['id']}/cancellation", None),
            ("POST", f"/orders/{place_}/aftersales/{made['id']}/messages", {"words": "Hello"}),
        )
    ]

    assert {answer.status_code for answer in asked} == {404}
    assert (await another_program.ask("GET", f"/orders/{number}/aftersales")).status_code == 404
