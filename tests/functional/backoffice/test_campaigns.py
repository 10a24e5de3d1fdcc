"""The merchant writes a campaign, publishes it, changes it, copies it and ends it."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import group_buying
from app.group_buying import Campaign
from infra.settings import settings
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

FORM = {"title": "Peaches tonight", "ends_at": "2099-11-30T20:00", "person_limit": "2", "audience": "everyone"}
NEW = "/campaigns/new/flash_sale"


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _all() -> list[Campaign]:
    async with tenants.transaction():
        return await group_buying.listed()


async def _write(owner: Any, peaches: selling.Offer, **changed: str) -> Any:
    row = {"item": str(peaches.variant), f"price_{peaches.variant}": "29.90", f"quota_{peaches.variant}": "60"}
    return await owner.submit(admin(NEW), FORM | row | changed, page=admin(NEW))


async def test_goods_are_looked_for_and_added_without_losing_what_was_typed(owner: Any) -> None:
    peaches = await selling.offer(title="White peaches", price=4390)
    await selling.offer(title="Eggs")

    found = await owner.submit(admin(NEW), FORM | {"q": "peach", "find": "1"}, page=admin(NEW))
    added = await owner.submit(admin(NEW), FORM | {"product": str(peaches.product), "add": "1"}, page=admin(NEW))

    assert "built-in method" not in found.text
    assert "White peaches" in found.text
    assert "Eggs" not in found.text
    assert f'name="price_{peaches.variant}"' in added.text
    assert 'value="Peaches tonight"' in added.text
    assert not await _all()


async def test_a_campaign_is_written_and_published_in_one_go(owner: Any) -> None:
    peaches = await selling.offer(price=4390)

    answer = await _write(owner, peaches, then="publish")

    (sale,) = await _all()
    item = await campaigns.item(sale.id)
    assert answer.status_code == 303
    assert (sale.status, sale.person_limit, item.price_amount, item.quota) == ("open", 2, 2990, 60)
    page = (await owner.get(admin(f"/campaigns/{sale.id}"))).text
    assert f"/campaigns/{sale.code}" in page
    assert "Peaches tonight" in (await owner.get(admin("/campaigns"))).text


async def test_the_last_day_of_shipping_is_named_to_everybody(shop: Tenant, owner: Any) -> None:
    goods, home = await selling.offer(), settings().origin(shop.slug)
    row = {"item": str(goods.variant), f"price_{goods.variant}": "10"}

    wrong = await owner.submit(admin(NEW), FORM | row | {"ships_by": "soon", "then": "publish"}, page=admin(NEW))
    await owner.submit(admin(NEW), FORM | row | {"ships_by": "2099-12-05", "then": "publish"}, page=admin(NEW))

    assert (wrong.status_code, "Enter a day like 2026-11-30." in wrong.text) == (422, True)
    async with tenants.transaction():
        (made,) = await group_buying.listed()
    assert "Everything of it leaves by" in (await owner.get(admin(f"/campaigns/{made.id}"))).text
    assert 'value="2099-12-05"' in (await owner.get(admin(f"/campaigns/{made.id}/edit"))).text
    assert "Ships by" in (await owner.get(f"{home}/campaigns/{made.code}")).text
    assert (await owner.get(f"{home}/api/v1/campaigns/{made.code}")).json()["facts"]["ships_by"] == "2099-12-05"


async def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_saved(owner: Any) -> None:
    peaches = await selling.offer()

    answer = await _write(
        owner, peaches, title="", **{f"price_{peaches.variant}": "many", f"quota_{peaches.variant}": "x"}
    )

    assert answer.status_code == 422
    assert "Enter a title" in answer.text
    assert answer.text.count('aria-invalid="true"') >= 2
    assert not await _all()


async def test_a_price_changed_while_it_runs_is_in_the_history_with_how_it_was(owner: Any) -> None:
    sale = await campaigns.campaign(price=2990)
    item = await campaigns.item(sale.id)
    page = admin(f"/campaigns/{sale.id}/edit")
    typed = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', (await owner.get(page)).text))

    await owner.submit(
        page, {**FORM, **{k: typed[k] for k in ("title", "ends_at") if k in typed}, "item": str(item.variant),
               f"price_{item.variant}": "24.90"}, page=page,
    )  # fmt: skip

    assert (await campaigns.item(sale.id)).price_amount == 2490
    assert "¥29.90 → ¥24.90" in (await owner.get(admin(f"/campaigns/{sale.id}"))).text


async def test_a_campaign_is_copied_ended_early_and_a_draft_thrown_away(owner: Any) -> None:
    sale = await campaigns.campaign()
    page = admin(f"/campaigns/{sale.id}")

    await owner.submit(f"{page}/clone", page=page)
    await owner.submit(f"{page}/close", {"reason": "sold elsewhere"}, page=page)

    copy, ended = await _all()
    assert (copy.status, ended.status) == ("draft", "closed")
    assert "sold elsewhere" in (await owner.get(page)).text
    draft = admin(f"/campaigns/{copy.id}")
    await owner.submit(f"{draft}/delete", page=draft)
    assert [each.id for each in await _all()] == [sale.id]


async def test_a_campaign_without_goods_is_not_published(owner: Any) -> None:
    answer = await owner.submit(admin(NEW), FORM | {"then": "publish"}, page=admin(NEW))

    assert answer.status_code == 422
    assert "Choose at least one product." in answer.text
