"""A promoter shares a campaign: materials, a tracked link, a poster, and what it brought."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

import tenants
from app import group_buying
from app.flows.create_link import create_link
from app.flows.decide_attribution import decide_attribution
from app.flows.fold_clicks import fold_clicks
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as build
from tests.functional.conftest import Visitor, store_address
from tests.functional.portal.test_hosting import _approved, _host, _make_link


async def test_the_click_leads_to_the_campaign_or_to_its_team(shop: Tenant, visitor: Visitor) -> None:
    host = await build.promoter()
    sale = await campaigns.campaign(kind="team_group", terms={"people": 2, "hours": 24})
    await campaigns.join_and_pay(sale, choices={"team": "new"})
    async with tenants.transaction():
        (team,) = await group_buying.teams.with_free_seats(sale.id, 5)

    whole = await create_link(host.login_id, campaign_id=sale.id)
    one = await create_link(host.login_id, campaign_id=sale.id, team=team.code)

    assert whole.kind == one.kind == "campaign"
    assert (await create_link(host.login_id, campaign_id=sale.id)).id == whole.id
    for link, path in ((whole, f"/campaigns/{sale.code}"), (one, f"/campaigns/{sale.code}/teams/{team.code}")):
        answer = await visitor.get(store_address(shop, f"/l/{link.code}"))
        assert answer.headers["location"] == path


async def test_an_order_that_came_through_the_link_is_the_promoters_sale(shop: Tenant, visitor: Visitor) -> None:
    host = await build.promoter()
    sale = await campaigns.campaign(price=2990)
    link = await create_link(host.login_id, campaign_id=sale.id)
    browser = new_id()
    await build.click(link, visitor=browser)

    placed = await campaigns.join_and_pay(sale, visitor=browser)
    await decide_attribution(placed.order_id)

    async with tenants.transaction():
        decided = await tenants.connection().fetchrow(
            "SELECT promoter, link FROM attribution_decision WHERE order_id = $1", placed.order_id
        )
    assert decided is not None
    assert (decided["promoter"], decided["link"]) == (host.id, link.id)


async def test_a_promoter_makes_a_link_on_the_page_of_campaigns_and_sees_what_it_brought(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    await _approved(shop, visitor, rate_bps=1000)
    sale = await campaigns.campaign(price=2990, share_text="Sweet and soft")
    page = (await visitor.get(_host("/campaigns"), headers={"Accept-Language": "en"})).text
    assert "Sweet and soft" in page
    assert "Make my link" in page
    path = await _make_link(visitor, campaign=str(sale.id))
    code = re.search(r"/l/([0-9a-z]{10})", (await visitor.get(_host(path))).text)
    assert code is not None

    landed = await another_visitor.get(store_address(shop, f"/l/{code[1]}"))
    browser = UUID(landed.cookies["visitor"].partition(".")[0])
    placed = await campaigns.join_and_pay(sale, visitor=browser)
    await decide_attribution(placed.order_id)
    await fold_clicks()

    brought = (await visitor.get(_host("/campaigns"), headers={"Accept-Language": "en"})).text
    row = re.search(rf"{code[1]}.*?</tr>", brought, re.DOTALL)
    assert row is not None
    clicks, joined, _paid, commission = re.findall(r'class="r num">([^<]+)<', row[0])
    assert (clicks, joined, commission) == ("1", "1", "¥2.99")


async def test_the_poster_of_a_campaigns_link_is_drawn_with_its_price(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    sale = await campaigns.campaign()
    path = await _make_link(visitor, campaign=str(sale.id))

    poster = await visitor.get(_host(f"{path}/poster.png"))
    same = await visitor.get(_host(f"{path}/poster.png"), headers={"If-None-Match": poster.headers["etag"]})

    assert Image.open(io.BytesIO(poster.content)).size == (1080, 1920)
    assert same.status_code == 304


async def test_a_draft_or_an_invented_team_gets_no_link(shop: Tenant) -> None:
    host = await build.promoter()
    draft, sale = await campaigns.campaign(publish=False), await campaigns.campaign()

    wishes: tuple[dict[str, Any], ...] = ({"campaign_id": draft.id}, {"campaign_id": sale.id, "team": "zzz"})
    for wanted in wishes:
        with pytest.raises(NotFound):
            await create_link(host.login_id, **wanted)
