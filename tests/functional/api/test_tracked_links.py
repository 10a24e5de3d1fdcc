"""A promoter's link is followed in a program, and what is ordered there is the promoter's sale."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import orders, promoters
from app.flows.create_link import create_link
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.faults import jobs
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import _placed, joined, place
from tests.functional.api.test_own_account import registered
from tests.invariants import check

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.50 MiniProgramEnv/iOS"
ELSEWHERE = ("fulfillment.", "payments.", "messaging.", "group_buying.")


@pytest.fixture
def phone(program: Program) -> Program:
    program.client.headers["User-Agent"] = PHONE
    return program


async def _decision(number: str) -> Any:
    """Whose sale it is, and what it earns: state and amount of the commission."""
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        return await tenants.connection().fetchrow(
            "SELECT decision.promoter, decision.link, decision.status, line.status AS commission, line.amount"
            " FROM attribution_decision AS decision LEFT JOIN commission_line AS line ON line.decision = decision.id"
            " WHERE decision.order_id = $1",
            order.id,
        )


async def test_what_is_ordered_after_the_click_earns_its_promoter_a_commission(shop: Tenant, phone: Program) -> None:
    host = await build.promoter(rate_bps=1000)
    sale = await campaigns.campaign(price=2990)
    link = await create_link(host.login_id, campaign_id=sale.id)
    await phone.come()

    led = await phone.send("POST", "/clicks", {"link": link.code})
    number = (await place(phone, await joined(phone, sale.code))).json()["number"]
    await jobs.work(*ELSEWHERE)
    ordered = await _decision(number)
    await campaigns.pay(await _placed(number))
    await jobs.work(*ELSEWHERE)
    paid = await _decision(number)

    assert led == {"path": f"/campaigns/{sale.code}"}
    assert (ordered["promoter"], ordered["link"], ordered["commission"]) == (host.id, link.id, "estimated")
    assert (paid["status"], paid["commission"], paid["amount"]) == ("final", "accrued", 299)
    await check(shop)


async def test_who_signs_in_after_the_click_still_counts(shop: Tenant, phone: Program) -> None:
    host, peaches = await build.promoter(rate_bps=1000), await selling.offer(price=4390)
    link = await create_link(host.login_id)
    await phone.come()
    await phone.send("POST", "/clicks", {"link": link.code})
    await registered(phone)

    cart = (await phone.send("POST", "/cart/lines", {"variant": str(peaches.variant)}))["cart"]
    number = (await place(phone, cart)).json()["number"]
    await jobs.work(*ELSEWHERE)

    assert (await _decision(number))["promoter"] == host.id


async def test_machines_and_paused_promoters_earn_nothing(shop: Tenant, program: Program) -> None:
    host, gone, sale = await build.promoter(), await build.promoter(), await campaigns.campaign()
    by_machine, by_gone = await create_link(host.login_id), await create_link(gone.login_id)
    async with tenants.transaction():
        await promoters.suspend(gone.id, by="Su He")
    await program.come()

    program.client.headers["User-Agent"] = "python-httpx/0.27"
    await program.send("POST", "/clicks", {"link": by_machine.code})
    program.client.headers["User-Agent"] = PHONE
    await program.send("POST", "/clicks", {"link": by_gone.code})
    number = (await place(program, await joined(program, sale.code))).json()["number"]
    await jobs.work(*ELSEWHERE)

    decided = await _decision(number)
    async with tenants.transaction():
        reasons = await tenants.connection().fetch("SELECT reason FROM click ORDER BY clicked_at")
    assert (decided["promoter"], decided["commission"]) == (None, None)
    assert [row["reason"] for row in reasons] == ["machine", "promoter_not_approved"]


async def test_a_link_needs_a_token_and_has_to_exist(shop: Tenant, phone: Program) -> None:
    link = await create_link((await build.promoter()).login_id)
    stranger = await phone.ask("POST", "/clicks", {"link": link.code})
    await phone.come()
    unknown = [await phone.ask("POST", "/clicks", {"link": code}) for code in ("0000000000", "/l/", "../admin")]

    assert stranger.status_code == 401
    assert {(one.status_code, one.json()["code"]) for one in unknown} == {(404, "links.unknown_link")}
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM click") == 0
