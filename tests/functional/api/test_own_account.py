"""A program opens an account for its shopper, keeps addresses, and shows what the store keeps for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import tenants
from app import customers, promotions
from app.kernel import limits
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import ADDRESS, place

ACCOUNT = {"email": "lin@example.test", "name": "Lin", "password": "peaches and cream"}


async def registered(program: Program, **facts: str) -> Any:
    said = await program.send("POST", "/account", ACCOUNT | facts)
    program.token = said["token"]
    return said


async def test_whoever_registers_is_signed_in_and_keeps_the_cart(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer()
    await program.come()
    await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)})

    said = await registered(program)

    assert said["customer"] == {"name": "Lin", "email": ACCOUNT["email"]}
    assert len((await program.get("/cart"))["cart"]["lines"]) == 1
    assert (await program.get("/session"))["customer"]["name"] == "Lin"


@pytest.mark.parametrize(
    ("facts", "status", "fields"),
    [
        ({"name": "", "email": "nobody", "password": "1"}, 422, {"name", "email", "password"}),
        ({"name": "x" * 121}, 422, {"name"}),
    ],
)
async def test_what_the_page_refuses_is_refused_here_too(
    shop: Tenant, program: Program, facts: dict[str, str], status: int, fields: set[str]
) -> None:
    answer = await program.ask("POST", "/account", ACCOUNT | facts)

    assert (answer.status_code, set(answer.json()["fields"])) == (status, fields)


async def test_an_address_somebody_signs_in_with_is_taken_and_registering_has_a_pace(
    shop: Tenant, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SIGN_UP", replace(limits.SIGN_UP, per_minute=0.01))
    await registered(program)
    program.token = ""

    asked = [await program.ask("POST", "/account", ACCOUNT | {"email": "LIN@example.test"}) for _ in range(10)]

    assert (asked[0].status_code, asked[0].json()["code"]) == (409, "customers.email_taken")
    assert asked[-1].json()["code"] == "too_many_tries"


async def test_an_account_without_an_email_gets_one_instead_of_a_second_account(shop: Tenant, program: Program) -> None:
    await registered(program)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE customer SET email = NULL, password_hash = NULL")

    await registered(program, email="new@example.test", name="Xiaoya")

    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT email, name FROM customer")
    assert [tuple(row) for row in rows] == [("new@example.test", "Xiaoya")]
    assert await customers.recognize("new@example.test", ACCOUNT["password"])


async def test_another_password_ends_every_token_but_the_one_it_answers(shop: Tenant, program: Program) -> None:
    await registered(program)
    before = program.token
    change = {"current_password": ACCOUNT["password"], "new_password": "cream and peaches"}

    wrong = await program.ask("PUT", "/account/password", change | {"current_password": "no"})
    program.token = (await program.send("PUT", "/account/password", change))["token"]

    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["current_password"])
    assert (await program.ask("GET", "/session", Authorization=f"Bearer {before}")).status_code == 401
    assert (await program.get("/session"))["customer"]["name"] == "Lin"
    assert await customers.recognize(ACCOUNT["email"], "cream and peaches")


async def test_the_account_tells_points_level_and_credit(shop: Tenant, program: Program) -> None:
    await registered(program)
    async with tenants.transaction():
        found = await customers.find_by_email(ACCOUNT["email"])
        assert found
        await promotions.adjust_points(found.id, 120, reason="For the bruise", key=new_id(), by="Su He")

    own, moves = await program.get("/account"), await program.get("/account/points")

    assert (own["points"], own["coupons"], own["credit"]["amount"], own["level"]) == (120, 0, 0, None)
    assert [(one["kind"], one["points"], one["note"]) for one in moves["items"]] == [("adjust", 120, "For the bruise")]


async def test_visitors_have_no_account_and_no_addresses(shop: Tenant, program: Program) -> None:
    await program.come()

    for path in ("/account", "/account/points", "/addresses"):
        assert (await program.ask("GET", path)).status_code == 401


async def test_an_unknown_gift_card_is_unknown(shop: Tenant, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GIFT_CARD", replace(limits.GIFT_CARD, per_minute=0.01))
    asked = [await program.ask("POST", "/gift-cards/checks", {"code": "XXXX"}) for _ in range(11)]

    assert (asked[0].status_code, asked[0].json()["code"]) == (409, "wallets.unknown_gift_card")
    assert asked[-1].json()["code"] == "too_many_tries"


async def test_addresses_are_kept_changed_preferred_and_removed(shop: Tenant, program: Program) -> None:
    await registered(program)

    await program.send("POST", "/addresses", ADDRESS)
    again = await program.send("POST", "/addresses", ADDRESS)
    both = await program.send("POST", "/addresses", ADDRESS | {"street": "2 Plum Road", "is_default": True})
    first = both["items"][1]["id"]
    changed = await program.send("PUT", f"/addresses/{first}", ADDRESS | {"street": "3 Pear Road"})
    preferred = await program.send("PUT", f"/addresses/{first}/default")
    left = await program.send("DELETE", f"/addresses/{preferred['items'][1]['id']}")

    assert len(again["items"]) == 1
    assert [(one["street"], one["is_default"]) for one in both["items"]] == [
        ("2 Plum Road", True), ("1 Peach Road", False),
    ]  # fmt: skip
    assert changed["items"][1]["in_one_line"] == "Jiangsu Wuxi Binhu 3 Pear Road"
    assert [(one["street"], one["is_default"]) for one in preferred["items"]] == [
        ("3 Pear Road", True), ("2 Plum Road", False),
    ]  # fmt: skip
    assert [one["id"] for one in left["items"]] == [first]


async def test_an_address_is_checked_by_its_country(shop: Tenant, program: Program) -> None:
    await registered(program)

    japanese = await program.ask("POST", "/addresses", ADDRESS | {"country": "JP", "region": ""})
    nowhere = await program.ask("POST", "/addresses", ADDRESS | {"country": "XX"})

    assert set(japanese.json()["fields"]) == {"postal_code", "region"}
    assert "country" in nowhere.json()["fields"]
    assert (await program.get("/addresses"))["items"] == []


async def test_addresses_of_others_are_unknown(shop: Tenant, program: Program, another_program: Program) -> None:
    await registered(program)
    (mine,) = (await program.send("POST", "/addresses", ADDRESS))["items"]
    await registered(another_program, email="wu@example.test")

    asked = [
        await another_program.ask("PUT", f"/addresses/{mine['id']}", ADDRESS | {"street": "9 Elsewhere"}),
        await another_program.ask("PUT", f"/addresses/{mine['id']}/default"),
        await another_program.ask("DELETE", f"/addresses/{mine['id']}"),
    ]

    assert [answer.status_code for answer in asked] == [404] * 3
    assert (await program.get("/addresses"))["items"] == [mine]


async def test_an_order_goes_to_a_kept_address(shop: Tenant, program: Program) -> None:
    peaches = await selling.offer()
    await registered(program)
    (kept,) = (await program.send("POST", "/addresses", ADDRESS))["items"]
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant)}))["cart"]

    placed = await place(program, cart, address={name: kept[name] for name in ADDRESS})

    assert placed.json()["address"] == kept["in_one_line"]
