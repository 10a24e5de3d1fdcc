"""The merchant writes a demand test, reads its interval and verdict, and sells what was a success."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import group_buying
from app.flows.run_campaign import close_campaign
from app.flows.run_demand_test import say_i_want_it
from app.group_buying import DemandTestTerms
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

NEW = "/campaigns/new/demand_test"
FORM = {
    "title": "Do you want plums?", "ends_at": "2099-05-30T20:00", "audience": "everyone", "metric": "conversion",
    "target": "30", "target_percent": "2.5", "planned_units": "200", "unit_cost": "18.50", "extend_days": "3",
    "extensions": "2",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def test_a_demand_test_is_written_with_its_target_and_what_is_at_stake(owner: Any) -> None:
    goods = await selling.offer(price=5000)
    row = {"item": str(goods.variant), f"price_{goods.variant}": "50"}

    answer = await owner.submit(admin(NEW), FORM | row | {"then": "publish"}, page=admin(NEW))

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (made,) = await group_buying.listed()
    terms = made.terms
    assert isinstance(terms, DemandTestTerms)
    assert (terms.metric, terms.target_bps, terms.unit_cost_amount, terms.extend_hours) == ("conversion", 250, 1850, 72)
    page = (await owner.get(admin(f"/campaigns/{made.id}"))).text
    assert "Not clear yet" in page
    assert "¥3,700.00" in page
    assert 'value="2.5"' in (await owner.get(admin(f"/campaigns/{made.id}/edit"))).text


async def test_a_demand_test_may_ask_for_a_deposit(owner: Any) -> None:
    goods = await selling.offer(price=5000)
    row = {"item": str(goods.variant), f"price_{goods.variant}": "50", f"deposit_{goods.variant}": "8"}
    rules = {"pays": "deposit", "balance_days": "5", "at_timeout": "forfeit", "metric": "deposits"}

    answer = await owner.submit(admin(NEW), FORM | row | rules | {"then": "publish"}, page=admin(NEW))

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (made,) = await group_buying.listed()
    terms = made.terms
    assert isinstance(terms, DemandTestTerms)
    assert (terms.deposit_of(goods.variant), terms.balance_days, terms.forfeits) == (800, 5, True)
    assert f'name="deposit_{goods.variant}" value="8.00"' in (await owner.get(admin(f"/campaigns/{made.id}/edit"))).text


@pytest.mark.parametrize(("field", "text"), [
    ("target_percent", "many"), ("target_percent", "101"), ("extensions", "9"), ("unit_cost", "x"),
])  # fmt: skip
async def test_what_cannot_be_measured_is_said_at_its_field(owner: Any, field: str, text: str) -> None:
    goods = await selling.offer(price=5000)
    row = {"item": str(goods.variant), f"price_{goods.variant}": "50"}

    answer = await owner.submit(admin(NEW), FORM | row | {field: text}, page=admin(NEW))

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


async def test_the_page_shows_the_interval_the_verdict_and_the_loss_that_was_avoided(owner: Any) -> None:
    plums = await campaigns.campaign(
        kind="demand_test", terms={"metric": "intents", "target": 50, "planned_units": 100, "unit_cost_amount": 1800}
    )
    for _ in range(10):
        await say_i_want_it(plums.code, new_id())
    page = admin(f"/campaigns/{plums.id}")
    assert "Estimate 10.0, interval from 4.8 to 18.4" in (await owner.get(page)).text

    await campaigns.end(plums.id)
    await close_campaign(plums.id)

    shown = (await owner.get(page)).text
    assert "Too few want it." in shown
    assert "100 units at ¥18.00 were not bought: ¥1,800.00 stays with you." in shown


async def test_a_success_is_made_a_presale_with_one_click(owner: Any) -> None:
    plums = await campaigns.campaign(kind="demand_test", terms={"metric": "intents", "target": 1})
    for _ in range(9):
        await say_i_want_it(plums.code, new_id())
    await campaigns.end(plums.id)
    await close_campaign(plums.id)
    page = admin(f"/campaigns/{plums.id}")

    answer = await owner.submit(f"{page}/demand/sell", {"kind": "presale"}, page=page)

    assert answer.headers["Location"].endswith("/edit")
    assert (await owner.get(admin(answer.headers["Location"]))).status_code == 200
