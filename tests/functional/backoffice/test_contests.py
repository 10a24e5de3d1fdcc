"""The merchant sets hosts against each other: drafted, refused with the rule, opened, closed, paid, taken back."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app import contests, promoters
from app.flows.award_prizes import pay_prizes
from app.flows.run_contest import settle_contest
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_contests as build
from tests import builders_earning as earning
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_payouts import purse, sold
from tests.functional.conftest import Visitor


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def _form(shop: Tenant, *people: promoters.Promoter, **facts: Any) -> dict[str, Any]:
    start = (now() - timedelta(minutes=5)).astimezone(ZoneInfo(shop.time_zone))
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    return {
        "title": "Harvest night", "metric": "net_sales", "scope": "store", "window_days": "25", "split": "by_score",
        **{name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in times.items()}, "prize_1": "500",
        "cap": "10", **{f"side_{one.id}": "alone" for one in people}, **facts,
    }  # fmt: skip


async def _merchant(visitor: Visitor, shop: Tenant, role: str = "owner") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


async def test_a_contest_is_drafted_opened_and_closed_on_its_page(visitor: Visitor, shop: Tenant) -> None:
    await _merchant(visitor, shop)
    xiaoya, ajie = await earning.promoter(name="Xiaoya"), await earning.promoter(name="Ajie")

    saved = await visitor.submit(admin("/contests/new"), _form(shop, xiaoya, ajie), page=admin("/contests/new"))
    async with tenants.transaction():
        (contest,) = await contests.listed()
    here = admin(f"/contests/{contest.id}")
    draft = _text((await visitor.get(here)).text)
    await visitor.submit(f"{here}/open", {}, page=here)
    await sold(ajie, 9_000)
    running = _text((await visitor.get(here)).text)
    await visitor.submit(f"{here}/close", {}, page=here)
    closed = _text((await visitor.get(here)).text)

    assert saved.status_code == 303
    assert "Prizes in all ¥500.00" in draft
    assert "CG-4" in draft
    assert "Ajie leads by ¥90.00" in running
    assert "Provisional: refunds are taken off" in closed


async def test_teams_and_what_was_typed_come_back_into_the_form(visitor: Visitor, shop: Tenant) -> None:
    await _merchant(visitor, shop)
    people = [await earning.promoter(name=name) for name in ("Xiaoya", "Ajie", "Mei")]
    teams = {f"side_{one.id}": str(place) for one, place in zip(people, (1, 1, 2), strict=True)}

    await visitor.submit(
        admin("/contests/new"), _form(shop, team_1="North", team_2="South", **teams), page=admin("/contests/new")
    )
    async with tenants.transaction():
        (contest,) = await contests.listed()
        sides = [(side.name, len(side.promoters)) for side in await contests.sides_of(contest.id)]
    page = (await visitor.get(admin(f"/contests/{contest.id}/edit"))).text

    assert (contest.by_team, sorted(sides)) == (True, [("North", 2), ("South", 1)])
    assert 'value="North"' in page
    assert 'value="500.00"' in page


async def test_what_cannot_be_is_named_and_nothing_is_saved(visitor: Visitor, shop: Tenant) -> None:
    await _merchant(visitor, shop)
    one = await earning.promoter()

    alone = await visitor.submit(admin("/contests/new"), _form(shop, one, title=""), page=admin("/contests/new"))
    odd = await visitor.submit(
        admin("/contests/new"), _form(shop, one, cap="a lot", ends_at="soon"), page=admin("/contests/new")
    )

    assert (alone.status_code, odd.status_code) == (422, 422)
    assert "between 2 and 50 sides" in _text(alone.text)
    assert "Enter percent like 12.5." in _text(odd.text)
    async with tenants.transaction():
        assert await contests.listed() == []


async def test_a_prize_for_recruiting_is_refused_with_the_rule(visitor: Visitor, shop: Tenant) -> None:
    await _merchant(visitor, shop)
    people = [await earning.promoter(name=name) for name in ("Xiaoya", "Ajie")]

    refused = await visitor.submit(
        admin("/contests/new"), _form(shop, *people, declared="headcount_task"), page=admin("/contests/new")
    )

    assert refused.status_code == 422
    assert "CG-5 · Levels do not count heads" in _text(refused.text)
    async with tenants.transaction():
        assert await contests.listed() == []


async def test_a_prize_is_taken_back_with_a_reason_by_whoever_may_pay(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    await _merchant(visitor, shop)
    xiaoya, ajie = await earning.promoter(name="Xiaoya"), await earning.promoter(name="Ajie")
    contest = await build.opened(xiaoya, ajie)
    await sold(xiaoya, 9_000)
    await build.closed(contest)
    await settle_contest(contest)
    await pay_prizes(contest)
    async with tenants.transaction():
        (award,) = await contests.awards_of(contest)
    here = admin(f"/contests/{contest}")
    correction = f"{here}/awards/{award.id}/corrections"

    unexplained = await visitor.submit(correction, {"amount": "100", "reason": ""}, page=here)
    await visitor.submit(correction, {"amount": "100", "reason": "Her own order"}, page=here)
    await _merchant(another_visitor, shop, "manager")
    refused = await another_visitor.submit(correction, {"amount": "100", "reason": "Me too"}, page=here)

    assert unexplained.status_code == 422
    assert refused.status_code == 403
    assert (await purse(xiaoya))["available"] == 40_000
    assert "Her own order" in _text((await visitor.get(here)).text)


async def test_the_leaderboard_has_everybody_and_says_what_promoters_see(visitor: Visitor, shop: Tenant) -> None:
    await _merchant(visitor, shop)
    for name, amount in (("Xiaoya", 9_000), ("Ajie", 12_000)):
        await sold(await earning.promoter(name=name), amount)

    await visitor.submit(admin("/leaderboard"), {"shows": "names", "metric": "paid_orders"}, page=admin("/leaderboard"))
    wrong = await visitor.submit(
        admin("/leaderboard"), {"shows": "all", "metric": "net_sales"}, page=admin("/leaderboard")
    )
    sales = _text((await visitor.get(admin("/leaderboard?period=day&by=net_sales"))).text)

    assert sales.index("Ajie") < sales.index("Xiaoya")
    assert wrong.status_code == 422
    async with tenants.transaction():
        assert (await contests.read_setting()).shows == "names"
