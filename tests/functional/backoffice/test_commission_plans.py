"""The merchant writes a commission plan, sees what it would pay, is told what is not allowed, and publishes it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import tenants
from app import commissions
from app.commissions import Plan
from app.kernel.clock import now
from tenants import Tenant, platform
from tests import builders_plans as build
from tests.builders_backoffice import admin, make_product, sign_in, staff_of
from workers.commissions import HANDLERS

PLANS, DRAFT = admin("/commission-plans"), admin("/commission-plans/draft")
FORM = {
    "rules": "1", "r0_on": "tenant:", "r0_shape": "parallel", "r0_depth": "2", "r0_rate0": "12.5", "r0_rate1": "3",
    "cap": "20", "cost": "40", "guard": "refuse", "channel": "own", "act": "save",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _plans() -> list[Plan]:
    async with tenants.transaction():
        return await commissions.read_plans()


async def _save(owner: Any, **changed: str) -> str:
    answer = await owner.submit(DRAFT, FORM | changed, page=DRAFT)
    assert answer.status_code == 303, answer.text
    return admin(answer.headers["Location"])


async def test_a_plan_is_written_checked_and_published(owner: Any) -> None:
    await make_product("Peaches", price=4390)
    page = await _save(owner, name="Summer")

    read = (await owner.get(page)).text
    answer = await owner.submit(f"{page}/publication", {"valid_from": ""}, page=page)

    (plan,) = await _plans()
    assert answer.status_code == 303
    assert "Who sold 12.5% · One above 3%" in read
    assert "not legal advice" in read
    assert (plan.status, plan.name, plan.published_by) == ("published", "Summer", "Su He")
    assert plan.rules[0].rates == (1250, 300)
    assert "since" in (await owner.get(PLANS)).text


@pytest.mark.parametrize("start", ["everybody", "by_level", "two_levels", "flat"])
async def test_every_start_is_a_form_with_an_example(owner: Any, start: str) -> None:
    await build.level("Gold", 1)

    page = (await owner.get(f"{DRAFT}?start={start}")).text

    assert "You keep of the price" in page
    assert "Gold" in page


async def test_the_example_counts_what_is_typed_and_saves_nothing(owner: Any) -> None:
    answer = await owner.submit(DRAFT, FORM | {"act": "look", "example_amount": "80", "cap": "14"}, page=DRAFT)

    assert answer.status_code == 200
    assert "¥10.00" in answer.text  # 12.5% of 80
    assert "¥1.20" in answer.text  # what the cap of 14% leaves of 3%
    assert "cut by the limit" in answer.text
    assert await _plans() == []


async def test_rules_are_added_and_taken_away_without_losing_the_others(owner: Any) -> None:
    more = await owner.submit(DRAFT, FORM | {"act": "add"}, page=DRAFT)
    two = FORM | {"rules": "2", "r1_on": "tenant:", "r1_shape": "flat", "r1_depth": "1", "r1_rate0": "5.00"}
    fewer = await owner.submit(DRAFT, two | {"act": "remove:0"}, page=DRAFT)

    assert "Rule 2" in more.text
    assert 'name="rules" value="2"' in more.text
    assert 'name="rules" value="1"' in fewer.text
    assert 'name="r0_rate0" type="text" value="5.00"' in fewer.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"r0_rate0": ""}, "r0_rate0"), ({"r0_rate0": "51"}, "r0_rate0"), ({"r0_rate0": "x"}, "r0_rate0"),
     ({"cap": "60"}, "cap"), ({"r0_shape": "pyramid"}, "r0_shape"), ({"r0_depth": "4"}, "r0_shape"),
     ({"r0_on": "product:00000000-0000-0000-0000-000000000001"}, "r0_on"), ({"r0_on": "anything"}, "r0_on"),
     ({"r0_priority": "-1"}, "r0_priority"), ({"freight": "1.2.3"}, "freight"),
     ({"r0_shape": "flat", "r0_rate1": ""}, "r0_rate1")],
)  # fmt: skip
async def test_what_cannot_be_read_is_said_beside_its_field(owner: Any, changed: dict[str, str], field: str) -> None:
    answer = await owner.submit(DRAFT, FORM | changed, page=DRAFT)

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert await _plans() == []


async def test_a_plan_the_check_refuses_stays_a_draft_and_says_why(owner: Any) -> None:
    peaches = await make_product("Peaches", price=1000)
    page = await _save(owner, cost="90", declared_recruit_bonus="yes")

    answer = await owner.submit(f"{page}/publication", {"valid_from": ""}, page=page)

    assert answer.status_code == 422
    assert "CG-1" in answer.text
    assert "pyramid selling" in answer.text
    assert f"/products/{peaches}" in answer.text
    assert [plan.status for plan in await _plans()] == ["draft"]


async def test_a_plan_counts_from_the_moment_the_merchant_names_and_never_from_before(owner: Any) -> None:
    page = await _save(owner)

    early = await owner.submit(f"{page}/publication", {"valid_from": "2020-01-01T00:00"}, page=page)
    odd = await owner.submit(f"{page}/publication", {"valid_from": "soon"}, page=page)
    later = await owner.submit(f"{page}/publication", {"valid_from": "2099-01-01T00:00"}, page=page)

    (plan,) = await _plans()
    assert (early.status_code, odd.status_code, later.status_code) == (422, 422, 303)
    assert plan.valid_from is not None
    assert plan.valid_from > now()
    assert "Planned" in (await owner.get(PLANS)).text


async def test_a_new_version_says_what_changed_and_an_old_one_can_be_copied(owner: Any) -> None:
    first = await build.in_force(build.rule(rates=(1000,)), cap_bps=2000)

    copied = (await owner.get(f"{DRAFT}?start={first.id}")).text
    page = await _save(owner)
    shown = (await owner.get(page)).text

    assert 'name="r0_rate0" type="text" value="10"' in copied
    assert "Changed since version 1" in shown
    assert "<del>Everything: Who sold 10%</del>" in shown
    assert "<ins>Everything: Who sold 12.5% · One above 3%</ins>" in shown


async def test_a_plan_is_withdrawn_and_a_draft_thrown_away(owner: Any) -> None:
    plan = await build.in_force()
    draft = await _save(owner)

    await owner.submit(admin(f"/commission-plans/{plan.id}/withdrawal"), {}, page=admin(f"/commission-plans/{plan.id}"))
    await owner.submit(f"{draft}/removal", {}, page=draft)

    (left,) = await _plans()
    assert (left.id, left.status) == (plan.id, "retired")
    assert "Withdrawn" in (await owner.get(PLANS)).text


async def test_only_whoever_decides_about_promoters_writes_plans(visitor: Any, shop: Tenant) -> None:
    plan = await build.in_force()
    await sign_in(visitor, await staff_of(shop, "finance"))

    assert (await visitor.get(admin(f"/commission-plans/{plan.id}"))).status_code == 200
    assert (await visitor.get(DRAFT)).status_code == 403


async def test_another_stores_plans_are_out_of_reach(owner: Any, other_shop: Tenant) -> None:
    with tenants.bind(other_shop):
        theirs = await build.in_force()

    assert (await owner.get(admin(f"/commission-plans/{theirs.id}"))).status_code == 404
    assert "Version 1" not in (await owner.get(PLANS)).text


async def test_a_plan_is_tried_on_past_orders_from_its_page(owner: Any) -> None:
    seller, *_above = await build.line_of_three()
    await build.sold(seller, 10_000)
    page = await _save(owner)
    today = now().astimezone(ZoneInfo(tenants.current().time_zone))  # days of the store, which begin before ours
    days = {"from_day": f"{today - timedelta(days=3):%Y-%m-%d}", "until_day": f"{today:%Y-%m-%d}"}

    asked = await owner.submit(f"{page}/simulations", days, page=page)
    here = admin(asked.headers["Location"])
    waiting = (await owner.get(here)).text
    await HANDLERS["commissions.simulate"](build.JOB, simulation_id=here.rpartition("/")[2])
    done = (await owner.get(here)).text

    assert "0 of 1 orders" in waiting
    assert "Who gains and who loses" in done
    assert "¥12.50" in done
    assert "¥10.00 before, ¥15.50 with this plan" in (await owner.get(page)).text


async def test_a_trial_without_days_is_refused(owner: Any) -> None:
    page = await _save(owner)

    answer = await owner.submit(f"{page}/simulations", {"from_day": "", "until_day": "2026-01-01"}, page=page)

    assert answer.status_code == 422


async def test_the_evidence_pack_is_written_down_before_it_is_sent(owner: Any, shop: Tenant) -> None:
    answer = await owner.get(admin("/commission-plans/evidence"))

    async with platform.transaction() as database:
        noted = await database.fetchval(
            "SELECT count(*) FROM audit_entry WHERE tenant = $1 AND action = 'commissions.evidence'", shop.id
        )
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert "What it asks" in opened.read("check.csv").decode()
    assert noted == 1
