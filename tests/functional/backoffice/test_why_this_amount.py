"""The merchant answers "why did this promoter get that?" in two clicks from the order, also long afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import commissions, orders
from app.commissions import NamedLine
from app.flows.commission_story import story_of
from app.flows.reverse_commission import reverse_commission
from app.flows.settle_commissions import settle_commissions
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_payouts as payouts
from tests import builders_plans as build
from tests.builders_backoffice import admin, sign_in, staff_of


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _lines(order: UUID) -> list[NamedLine]:
    async with tenants.transaction():
        return await commissions.named_lines(order)


async def test_two_clicks_from_the_order_say_base_rule_version_and_rounding(owner: Any) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(name="Everything", depth=2, rates=(1250, 300)), days_ago=40, cap_bps=1400)
    order = await build.sold(seller, 8_785, freight=800)
    async with tenants.transaction():
        number = (await orders.find(order)).number
    mine, above = await _lines(order)

    listed = (await owner.get(admin(f"/orders/{number}"))).text
    page = (await owner.get(admin(f"/commission-lines/{mine.id}"))).text
    cut = (await owner.get(admin(f"/commission-lines/{above.id}"))).text

    assert f"/commission-lines/{mine.id}" in listed
    assert f"/commission-lines/{above.id}" in listed
    for told in ("¥87.85", "12.5%", "¥10.98", "rounded down from 10.98125", "Everything", "Version 1", "14%"):
        assert told in page, told
    assert "3%, of which the limit of 14% cut 1.5%" in cut
    assert "One above" in cut


async def test_a_refund_after_the_payout_is_told_with_where_it_was_taken_from(owner: Any) -> None:
    await payouts.terms()
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(1250,)), days_ago=40)
    order = await build.sold(seller, 9_999, units=3)
    await payouts.received(order)
    await settle_commissions(order)
    await payouts.asked(seller, 1_249)
    await earning.mark_refunded(order, 3_333)
    await reverse_commission(order)
    await earning.mark_refunded(order, 3_333)
    await reverse_commission(order)
    (line,) = await _lines(order)

    async with tenants.transaction():
        story = await story_of(line.id)
    page = (await owner.get(admin(f"/commission-lines/{line.id}"))).text

    assert [(step.kind, step.amount, step.taken_from) for step in story.steps if step.kind == "reversed"] == [
        ("reversed", -416, "debt"), ("reversed", -417, "debt"),
    ]  # fmt: skip
    assert "it was paid out already; the next commission repays it" in page
    assert "¥4.16" in page


async def test_a_rate_kept_after_a_cut_says_until_when(owner: Any) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(2000,)), days_ago=40)
    await build.in_force(build.rule(rates=(1000,)), days_ago=3)
    (line,) = await _lines(await build.sold(seller, 10_000))

    page = (await owner.get(admin(f"/commission-lines/{line.id}"))).text

    assert line.kept_amount == 2_000
    assert "Version 2 pays less" in page


async def test_an_amount_without_a_plan_is_told_too(owner: Any) -> None:
    (line,) = await _lines(await build.sold(await earning.promoter(rate_bps=1500), 8_780, paid=False))

    page = (await owner.get(admin(f"/commission-lines/{line.id}"))).text

    assert "own rate" in page
    assert "¥13.17" in page


async def test_another_stores_line_is_out_of_reach(owner: Any, other_shop: Tenant) -> None:
    with tenants.bind(other_shop):
        (line,) = await _lines(await build.sold(await earning.promoter(), 8_780))

    assert (await owner.get(admin(f"/commission-lines/{line.id}"))).status_code == 404


async def test_two_clicks_from_the_promoter_and_from_the_payout_lead_there_too(owner: Any) -> None:
    await payouts.terms()
    seller, *_above = await build.line_of_three()
    await build.in_force(build.rule(rates=(1250,)), days_ago=40)
    order = await build.sold(seller, 9_999, units=3)
    await payouts.received(order)
    await settle_commissions(order)
    (mine,) = await _lines(order)
    payout = await payouts.asked(seller, 1_249)

    of_promoter = (await owner.get(admin(f"/promoters/{seller.id}"))).text
    of_payout = (await owner.get(admin(f"/payouts/{payout.id}"))).text

    assert f'href="/commission-lines/{mine.id}"' in of_promoter
    assert f'href="/commission-lines/{mine.id}"' in of_payout
