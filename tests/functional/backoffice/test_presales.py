"""The merchant writes a pre-sale, moves its day, says that the goods are there, or calls it off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import tenants
from app import group_buying
from app.group_buying import PresaleTerms
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.invariants import check

NEW = "/campaigns/new/presale"
FORM = {
    "title": "Plums of June", "ends_at": "2099-05-30T20:00", "audience": "everyone", "pays": "deposit",
    "opens_at": "2099-06-01T10:00", "due_at": "2099-06-04T10:00", "ships_at": "2099-06-20T00:00",
    "at_timeout": "forfeit",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


def _row(goods: selling.Offer, deposit: str = "20", worth: str = "50") -> dict[str, str]:
    item = str(goods.variant)
    return {"item": item, f"price_{item}": "100", f"deposit_{item}": deposit, f"worth_{item}": worth}


async def test_a_presale_with_a_deposit_is_written_and_published(owner: Any) -> None:
    goods = await selling.offer(price=12000)

    answer = await owner.submit(admin(NEW), FORM | _row(goods) | {"then": "publish"}, page=admin(NEW))

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (made,) = await group_buying.listed()
    terms = made.terms
    assert isinstance(terms, PresaleTerms)
    assert (terms.deposit_of(goods.variant), terms.worth_of(goods.variant), terms.forfeits) == (2000, 5000, True)
    assert made.status == "open"
    edit = (await owner.get(admin(f"/campaigns/{made.id}/edit"))).text
    assert f'name="deposit_{goods.variant}" value="20.00"' in edit


@pytest.mark.parametrize(("deposit", "worth", "words"), [
    ("100", "", "The deposit must be less than the price."), ("20", "10", "It counts as at least the deposit"),
    ("", "", "Enter a deposit."),
])  # fmt: skip
async def test_a_deposit_that_makes_no_sense_is_said_at_its_field(
    owner: Any, deposit: str, worth: str, words: str
) -> None:
    goods = await selling.offer(price=12000)

    answer = await owner.submit(admin(NEW), FORM | _row(goods, deposit, worth), page=admin(NEW))

    assert answer.status_code == 422
    assert words in answer.text


async def test_the_day_is_moved_and_everybody_is_told(owner: Any, shop: Tenant) -> None:
    plums = await presales.presale_campaign()
    await campaigns.join_and_pay(plums)
    page = admin(f"/campaigns/{plums.id}")
    assert "Deposit paid" in (await owner.get(page)).text

    await owner.submit(f"{page}/presale/day", {"ships_at": "2099-07-01T00:00", "reason": "Late frost"}, page=page)

    moved = (await campaigns.look(plums.id)).terms
    assert isinstance(moved, PresaleTerms)
    assert moved.ships_at
    assert moved.ships_at > now() + timedelta(days=1000)
    assert await selling.jobs("presale.move_day") == 1
    assert "Late frost" in (await owner.get(page)).text
    await check(shop)


async def test_goods_that_are_there_go_out_and_a_presale_that_fails_is_paid_back(owner: Any, shop: Tenant) -> None:
    plums, pears = await presales.presale_campaign(deposit=0), await presales.presale_campaign()
    await campaigns.join_and_pay(plums)
    await campaigns.join_and_pay(pears)

    for campaign, step in ((plums, "arrived"), (pears, "call-off")):
        page = admin(f"/campaigns/{campaign.id}")
        await owner.submit(f"{page}/presale/{step}", {"reason": "No pears"}, page=page)

    assert await selling.jobs("presale.bring_forward") == 1
    assert await selling.jobs("group_buying.refund_member") == 1
    assert ((await campaigns.look(plums.id)).status, (await campaigns.look(pears.id)).status) == ("open", "closed")
    await check(shop)
