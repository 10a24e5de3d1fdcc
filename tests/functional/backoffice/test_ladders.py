"""The merchant writes a ladder in one form, watches it climb, and sees how far its settlement is."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tenants
from app import group_buying
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_ladders as ladders
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

NEW = "/campaigns/new/ladder_campaign"
FORM = {
    "title": "The more, the cheaper", "ends_at": "2099-11-30T20:00", "counts": "people", "ships": "confirmed",
    "min_count": "3", "below_min": "keep",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


def _steps(peaches: selling.Offer, *steps: tuple[str, str], first: str = "49.90") -> dict[str, str]:
    row = {"item": str(peaches.variant), f"price_{peaches.variant}": first}
    for place, (count, price) in enumerate(steps, 1):
        row |= {f"from_{peaches.variant}_{place}": count, f"step_{peaches.variant}_{place}": price}
    return row


async def _write(owner: Any, *facts: dict[str, str]) -> Any:
    typed = dict(FORM)
    for more in facts:
        typed |= more
    return await owner.submit(admin(NEW), typed, page=admin(NEW))


async def test_a_ladder_is_written_and_published_in_one_go(owner: Any) -> None:
    peaches = await selling.offer(price=5600)

    answer = await _write(owner, _steps(peaches, ("3", "43.90"), ("10", "39.90")), {"then": "publish"})

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (ladder,) = await group_buying.listed()
    item = await campaigns.item(ladder.id)
    assert ladder.status == "open"
    assert ladder.terms == group_buying.LadderTerms(counts="people", min_count=3, below_min="keep")
    assert [(tier.from_count, tier.price_amount) for tier in item.tiers] == [(3, 4390), (10, 3990)]
    assert "3 people · ¥43.9" in (await owner.get(admin(f"/campaigns/{ladder.id}"))).text


async def test_goods_that_are_added_come_with_steps_that_make_sense(owner: Any) -> None:
    peaches = await selling.offer(price=5600)

    added = await owner.submit(admin(NEW), FORM | {"product": str(peaches.product), "add": "1"}, page=admin(NEW))

    values = dict(re.findall(r'name="([a-z]+_[^"]+)" value="([^"]*)"', added.text))
    assert values[f"price_{peaches.variant}"] == "56.00"
    assert [values[f"step_{peaches.variant}_{place}"] for place in range(1, 5)] == ["53.20", "50.40", "47.60", ""]
    stored = await _write(owner, {name: value for name, value in values.items() if str(peaches.variant) in name},
                          {"item": str(peaches.variant)})  # fmt: skip
    assert stored.status_code == 303


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((("3", "43.90"), ("3", "39.90")), "higher count"),
        ((("3", "43.90"), ("10", "43.90")), "lower price"),
        ((("3", "59.90"),), "lower price"),
        ((), "at least one step"),
        ((("three", "43.90"),), "Enter a whole number"),
        ((("3", "cheap"),), "Enter an amount"),
        ((("", "39.90"),), "Enter a whole number"),
        ((("3", ""),), "Enter an amount"),
    ],
)
async def test_steps_that_cannot_be_climbed_are_said_and_nothing_is_saved(
    owner: Any, steps: tuple[tuple[str, str], ...], words: str
) -> None:
    peaches = await selling.offer(price=5600)

    answer = await _write(owner, _steps(peaches, *steps))

    assert answer.status_code == 422
    assert words in answer.text
    async with tenants.transaction():
        assert not await group_buying.listed()


async def test_what_was_sent_cannot_be_called_off_so_a_minimum_with_refunds_waits(owner: Any) -> None:
    peaches = await selling.offer(price=5600)

    answer = await _write(
        owner, _steps(peaches, ("3", "43.90")), {"ships": "at_once", "below_min": "refund", "min_count": "5"}
    )

    assert answer.status_code == 422
    assert "What was sent cannot be called off" in answer.text


async def test_once_people_have_joined_steps_can_only_get_better(owner: Any) -> None:
    peaches = await selling.offer(price=5600, stock=100)
    await _write(owner, _steps(peaches, ("3", "43.90"), ("10", "39.90")), {"then": "publish"})
    async with tenants.transaction():
        (ladder,) = await group_buying.listed()
    await campaigns.join_and_pay(ladder)
    page = admin(f"/campaigns/{ladder.id}/edit")

    for worse in (
        _steps(peaches, ("3", "43.90"), ("12", "39.90")),
        _steps(peaches, ("3", "44.90"), ("10", "39.90")),
        _steps(peaches, ("3", "43.90"), ("10", "39.90")) | {"min_count": "4"},
        _steps(peaches, ("3", "43.90"), ("10", "39.90")) | {"counts": "units"},
    ):
        refused = await owner.submit(page, FORM | worse, page=page)
        assert (refused.status_code, "People have joined" in refused.text) == (422, True), worse
    better = await owner.submit(page, FORM | _steps(peaches, ("2", "43.90"), ("10", "37.90")), page=page)

    assert better.status_code == 303
    assert "3 · ¥43.90, 10 · ¥39.90 → 2 · ¥43.90, 10 · ¥37.90" in (
        await owner.get(admin(f"/campaigns/{ladder.id}"))
    ).text  # fmt: skip


async def test_the_page_says_how_many_are_paid_back_and_the_books_say_why(owner: Any) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await plan_fulfillment(placed[0].order_id)
    page = admin(f"/campaigns/{ladder.id}")
    assert "How it climbs" in (await owner.get(page)).text

    await ladders.finish(ladder, work=False)
    half = (await owner.get(page)).text
    await ladders.work_off()
    whole = (await owner.get(page)).text

    assert ("0 of 2 paid back" in half, "hx-get" in half) == (True, True)
    assert ("2 of 2 paid back" in whole, "¥20.00" in whole, "every 3s" in whole) == (True, True, False)
    money = (await owner.get(admin(f"/orders/{placed[0].number}/money"))).text
    assert "Ladder difference" in money
    assert "It adds up" in money


async def test_a_refund_that_did_not_go_through_is_said_beside_those_that_did(owner: Any) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    for _ in range(2):
        await campaigns.join_and_pay(ladder)
    await ladders.finish(ladder, work=False)
    await ladders.work_off(failing=1)

    page = (await owner.get(admin(f"/campaigns/{ladder.id}"))).text

    assert "1 of 2 paid back" in page
    assert "1 refund did not go through" in page
