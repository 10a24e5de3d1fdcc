"""A program names who recommended the order, by a code; it counts before any link, and costs the shopper nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import tenants
from app import attribution
from app.flows.decide_attribution import decide_attribution
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import place


async def _cart(program: Program) -> Any:
    offer = await selling.offer()
    await program.come()
    return (await program.send("POST", "/cart/lines", {"variant": str(offer.variant), "quantity": 1}))["cart"]


async def _code(name: str) -> str:
    sharer = await build.promoter(name=name)
    async with tenants.transaction():
        return await attribution.sharer_code_of(sharer.id)


async def test_an_order_counts_for_the_sharer_named_by_code(shop: Tenant, program: Program) -> None:
    await policies.policy()
    code, cart = await _code("Ajie"), await _cart(program)

    named = await program.send("PUT", f"/carts/{cart['id']}/sharer", {"code": f" {code.lower()} "})
    order = (await place(program, cart)).json()
    async with tenants.transaction():
        order_id = await tenants.connection().fetchval("SELECT id FROM orders WHERE number = $1", order["number"])
    await decide_attribution(order_id)

    assert (cart["sharer"], named["sharer"]) == (None, "Ajie")
    assert named["total"] == cart["total"]
    async with tenants.transaction():
        (receipt,) = await attribution.receipt_of(order_id)
    assert receipt.winner is not None
    assert (receipt.reason, receipt.winner.promoter_name) == ("code_at_checkout", "Ajie")


async def test_a_wrong_code_changes_nothing_and_a_named_sharer_comes_off_again(shop: Tenant, program: Program) -> None:
    code, cart = await _code("Ajie"), await _cart(program)
    path = f"/carts/{cart['id']}/sharer"
    await program.send("PUT", path, {"code": code})

    wrong = await program.ask("PUT", path, {"code": "NOBODY"})
    kept = await program.get(f"/carts/{cart['id']}")
    gone = await program.send("DELETE", path)

    assert (wrong.status_code, wrong.json()["code"]) == (422, "attribution.unknown_sharer")
    assert kept["sharer"] == "Ajie"
    assert gone["sharer"] is None


async def test_nobody_names_a_sharer_for_somebody_elses_cart(shop: Tenant, program: Program) -> None:
    code, cart = await _code("Ajie"), await _cart(program)
    program.token = ""
    await program.come()

    answers = [
        await program.ask(method, f"/carts/{each}/sharer", {"code": code} if method == "PUT" else None)
        for method in ("PUT", "DELETE") for each in (cart["id"], uuid4())
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * 4
