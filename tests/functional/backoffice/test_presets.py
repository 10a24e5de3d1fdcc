"""From an empty store to a campaign shoppers can join: goods are chosen, everything else has been filled in already."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import group_buying
from app.demo.markup import Form, Markup
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import store_address


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


def _form(html: str) -> Form:
    return next(form for form in Markup(html).forms if form.names >= {"title", "ends_at"})


@pytest.mark.parametrize("kind", group_buying.KINDS)
async def test_every_kind_starts_from_goods_alone(owner: Any, shop: Tenant, kind: str) -> None:
    peaches = await selling.offer(title="Peaches", price=5600)
    page = admin(f"/campaigns/new/{kind}")
    assert f'href="/campaigns/new/{kind}"' in (await owner.get(admin("/campaigns/new"))).text

    begun = _form((await owner.get(page)).text)
    chosen = await owner.submit(page, begun.fields | {"product": str(peaches.product), "add": "1"}, page=page)
    filled = _form(chosen.text)
    published = await owner.submit(page, filled.fields | {"then": "publish"}, page=page)

    assert published.status_code == 303, published.text
    assert filled.fields["title"] == "Peaches"
    async with tenants.transaction():
        (campaign,) = await group_buying.listed()
    assert (campaign.kind, campaign.status) == (kind, "open")
    assert "What this means" in (await owner.get(admin(published.headers["Location"]))).text
    seen = await owner.get(store_address(shop, f"/campaigns/{campaign.code}"))
    assert seen.status_code == 200
    assert "Peaches" in seen.text


async def test_an_empty_store_is_led_to_its_first_product(owner: Any) -> None:
    page = (await owner.get(admin("/campaigns/new/team_group"))).text

    assert "There is nothing on sale yet" in page
    assert 'href="/products/new"' in page


async def test_the_form_says_what_its_fields_mean_while_it_is_filled(owner: Any) -> None:
    """Asked without saving anything, as often as something is changed."""
    asked = admin("/campaigns/new/team_group?look=1&people=5&team_hours=12&ends_at=2099-11-30T20:00")
    unread = admin("/campaigns/new/team_group?look=1&people=many&team_hours=12&ends_at=2099-11-30T20:00")

    assert "5 people who pay within 12 hours make a team" in (await owner.get(asked)).text
    assert "Some rules cannot be read yet." in (await owner.get(unread)).text


async def test_ending_a_campaign_says_first_how_many_paid_orders_wait(owner: Any) -> None:
    team = await campaigns.campaign(kind="team_group", price=2990, terms={"people": 3})
    await campaigns.join_and_pay(team)

    page = (await owner.get(admin(f"/campaigns/{team.id}"))).text

    assert "1 paid order waits in it" in page
    assert "End it for everybody?" in page
