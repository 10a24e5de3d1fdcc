"""The merchant runs a community buy: points, a list in one form, what to pick for whom, the same again tomorrow."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import group_buying, pickups, promoters
from app.flows.mode_community import terms_of
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as earning
from tests import builders_pickups as points
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.pdf_text import text_of

NEW = "/campaigns/new/community"
POINT = {"name": "Lake Road 8", "recipient": "Aunt Wang", "phone": "13900001111", **points.ADDRESS}


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def test_a_list_is_on_sale_with_goods_and_prices_alone(owner: Any, shop: Tenant) -> None:
    """Everything else in the form stands there already."""
    await points.point()
    greens = await selling.offer(title="Greens", price=500)
    start = (await owner.get(admin(NEW))).text
    typed = dict(re.findall(r'name="(\w+)" type="(?:text|datetime-local)" value="([^"]*)"', start))
    row = {"item": str(greens.variant), f"price_{greens.variant}": "3.90", "title": "Greens", "then": "publish"}

    answer = await owner.submit(admin(NEW), typed | row, page=admin(NEW))

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (buy,) = await group_buying.listed()
    terms = terms_of(buy)
    assert (buy.status, terms.points, terms.pickup_bps, terms.delivery_days) == ("open", (), 300, 1)


async def test_what_cannot_be_read_is_said_at_its_field(owner: Any) -> None:
    greens = await selling.offer()
    row = {"item": str(greens.variant), f"price_{greens.variant}": "3.90", "title": "Greens"}

    answer = await owner.submit(
        admin(NEW), row | {"pickup_bps": "30", "cap_bps": "20", "delivery_days": "soon"}, page=admin(NEW)
    )

    assert answer.status_code == 422
    assert "more than all shares together" in answer.text
    assert "whole number" in answer.text


async def test_the_store_writes_a_point_for_a_leader_and_closes_it(owner: Any) -> None:
    leader = await earning.promoter()
    new = admin("/pickup-points/new")

    nobody = await owner.submit(new, POINT, page=new)
    saved = await owner.submit(new, POINT | {"leader": str(leader.id)}, page=new)
    async with tenants.transaction():
        (point,) = await pickups.points_of()
        kinds = (await promoters.find(leader.id)).kinds
    state = admin(f"/pickup-points/{point.id}/state")
    await owner.submit(state, {"act": "close"}, page=admin("/pickup-points"))

    assert (nobody.status_code, saved.status_code) == (422, 303)
    assert point.is_open
    assert "leader" in kinds
    async with tenants.transaction():
        assert await pickups.open_points() == []


async def test_an_application_is_seen_in_the_frame_and_approved(owner: Any) -> None:
    here = await points.point(status="pending")
    page = admin("/pickup-points")
    assert "Lake Road 8" in (await owner.get(page)).text

    await owner.submit(admin(f"/pickup-points/{here.id}/state"), {"act": "approve"}, page=page)

    async with tenants.transaction():
        assert [point.id for point in await pickups.open_points()] == [here.id]


async def test_what_to_pick_for_whom_on_the_page_and_on_paper(owner: Any) -> None:
    here, greens = await points.point(), await selling.offer(title="Greens", stock=100)
    buy = await campaigns.campaign(greens, kind="community", title="Evening list")
    await points.order_at(buy, here, units=2)
    await points.order_at(buy, here, units=3)

    page = (await owner.get(admin(f"/campaigns/{buy.id}"))).text
    paper = await owner.get(admin(f"/campaigns/{buy.id}/pick-list.pdf"))

    assert "Lake Road 8" in page
    assert '<td class="r num">5</td>' in page
    assert "Lin Xiaoya" not in page
    assert paper.headers["content-type"] == "application/pdf"
    assert "Lake Road 8" in text_of(paper.content)


async def test_the_same_again_tomorrow_is_one_click(owner: Any) -> None:
    await points.point()
    buy = await points.community(hours=5)
    page = admin(f"/campaigns/{buy.id}")

    await owner.submit(f"{page}/repetition", page=page)

    async with tenants.transaction():
        again, known = await group_buying.listed()
    assert known.id == buy.id
    assert buy.ends_at is not None
    assert again.ends_at is not None
    assert again.starts_at == buy.ends_at
    assert (again.ends_at - buy.ends_at).total_seconds() == 86_400
    assert again.status == "scheduled"


async def test_the_merchant_counts_what_nobody_entered_a_code_for(owner: Any) -> None:
    here, buy = await points.point(), await points.community()
    placed = await points.order_at(buy, here)
    await points.cut_off(buy)

    await owner.submit(admin(f"/pickups/{placed.order_id}/collection"), page=admin(f"/campaigns/{buy.id}"))

    assert (await points.pickup_of(placed)).status == "collected"
