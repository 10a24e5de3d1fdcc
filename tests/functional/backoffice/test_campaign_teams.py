"""The merchant starts a team price in a minute, sees its teams, completes one and ends another."""

from __future__ import annotations

from typing import Any, cast

import pytest

import tenants
from app import group_buying
from app.group_buying import Campaign, TeamGroupTerms
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.invariants import check

NEW = "/campaigns/new/team_group"
RULES = {
    "people": "3", "team_hours": "12", "alone": "yes", "leader_benefit": "reward", "leader_amount": "3",
    "at_close": "fail", "merchant_completes": "yes",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _all() -> list[Campaign]:
    async with tenants.transaction():
        return await group_buying.listed()


async def _write(owner: Any, **changed: str) -> Any:
    peaches = await selling.offer(price=4390)
    row = {"item": str(peaches.variant), f"price_{peaches.variant}": "29.90"}
    facts = {"title": "Peaches in teams", "ends_at": "2099-11-30T20:00", "audience": "everyone", "then": "publish"}
    return await owner.submit(admin(NEW), facts | RULES | row | changed, page=admin(NEW))


async def test_a_new_team_price_has_its_rules_filled_in(owner: Any) -> None:
    page = (await owner.get(admin(NEW))).text

    for name, value in (("people", "3"), ("team_hours", "24")):
        assert f'name="{name}" type="text" value="{value}"' in page or f'value="{value}"' in page
    assert "Teams whose time is over are completed by themselves" in page


async def test_the_rules_of_a_team_are_kept_and_shown_again(owner: Any) -> None:
    await _write(owner)

    (offer,) = await _all()
    terms = cast(TeamGroupTerms, offer.terms)
    assert (terms.people, terms.hours, terms.alone, terms.ships) == (3, 12, True, "confirmed")
    assert (terms.leader_benefit, terms.leader_amount, terms.at_close) == ("reward", 300, "fail")
    assert (terms.merchant_completes, terms.completes_itself) == (True, False)
    assert 'value="12"' in (await owner.get(admin(f"/campaigns/{offer.id}/edit"))).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("people", "1", "A team has 2 to 100 people."),
        ("team_hours", "999", "A team has 1 to 336 hours."),
        ("leader_amount", "", "Say how much."),
        ("leader_amount", "29.90", "This is more than the goods cost in the campaign."),
    ],
)
async def test_rules_that_make_no_sense_are_said_at_their_field(owner: Any, field: str, value: str, words: str) -> None:
    answer = await _write(owner, **{field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert not await _all()


async def test_teams_are_listed_with_their_state_completed_and_ended(owner: Any, shop: Tenant) -> None:
    offer = await teams.campaign()
    _one, completed = await teams.open_team(offer)
    _other, ended = await teams.open_team(offer)
    page = admin(f"/campaigns/{offer.id}")
    assert (await owner.get(page)).text.count("1 / 3") == 2

    await owner.submit(f"{page}/teams/{completed.id}/completion", page=page)
    await owner.submit(f"{page}/teams/{ended.id}/closing", page=page)

    assert [(await teams.look(team)).status for team in (completed, ended)] == ["succeeded", "failed"]
    shown = (await owner.get(page)).text
    assert "The store completed the team" in shown
    assert "The store ended a team" in shown
    await check(shop)


async def test_a_team_is_not_completed_through_another_campaign(owner: Any) -> None:
    offer, other = await teams.campaign(), await teams.campaign()
    _one, team = await teams.open_team(offer)
    page = admin(f"/campaigns/{other.id}")

    answer = await owner.submit(f"{page}/teams/{team.id}/completion", page=page)

    assert answer.status_code == 404
    assert (await teams.look(team)).status == "forming"


async def test_the_order_says_at_the_merchants_that_it_waits(owner: Any) -> None:
    offer = await teams.campaign()
    placed = await campaigns.join_and_pay(offer)

    assert placed.number in (await owner.get(admin(f"/campaigns/{offer.id}"))).text
