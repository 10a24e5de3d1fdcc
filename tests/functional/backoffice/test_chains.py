"""The merchant writes a chain order with a leader, and says who may lead."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import group_buying, promoters
from app.group_buying import ChainTerms, Question, Shares
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_earning as earning
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

NEW = "/campaigns/new/chain_campaign"
FORM = {
    "title": "Peaches of the week", "ends_at": "2099-11-30T20:00", "audience": "everyone", "delivery": "pickup",
    "place": "Gate 3, Saturday", "ships": "confirmed", "leader_rate": "10", "help_rate": "6", "help_sell": "yes",
    "ask_0": "Building", "must_0": "yes", "ask_1": "Ripe", "choices_1": "soft / hard",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _write(owner: Any, offer: selling.Offer, **changed: str) -> Any:
    row = {"item": str(offer.variant), f"price_{offer.variant}": "30", f"supply_{offer.variant}": "28"}
    return await owner.submit(admin(NEW), FORM | row | {"then": "publish"} | changed, page=admin(NEW))


async def test_a_chain_is_written_with_its_leader_and_questions(owner: Any) -> None:
    lin, offer = await chains.leader(), await selling.offer()

    answer = await _write(owner, offer, leader=str(lin.id))

    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        (chain,) = await group_buying.listed()
        shares = await group_buying.chains.shares_of(chain.id)
    assert (chain.leader, chain.status) == (lin.id, "open")
    assert isinstance(chain.terms, ChainTerms)
    assert chain.terms.questions == (
        Question("Building", required=True), Question("Ripe", "choice", choices=("soft", "hard")),
    )  # fmt: skip
    assert shares == {offer.variant: Shares(leader_bps=1000, help_bps=600, supply_amount=2800)}
    edit = (await owner.get(admin(f"/campaigns/{chain.id}/edit"))).text
    assert ('value="Building"' in edit, 'value="soft / hard"' in edit, 'value="28.00"' in edit) == (True, True, True)


async def test_helpers_cannot_get_more_than_their_leader(owner: Any) -> None:
    answer = await _write(owner, await selling.offer(), help_rate="11")

    assert answer.status_code == 422
    assert "out of the leader" in answer.text


async def test_the_page_of_a_chain_names_who_helps(owner: Any) -> None:
    chain = await chains.chain()
    copy = await chains.copy(chain)

    page = (await owner.get(admin(f"/campaigns/{chain.id}"))).text

    assert f'href="/campaigns/{copy.id}">Zhou' in page


async def test_the_merchant_says_who_may_lead(owner: Any) -> None:
    lin = await earning.promoter()
    page = admin(f"/promoters/{lin.id}")

    await owner.submit(page, {"act": "approve", "rate": "10", "kinds": ["", "host", "leader"]}, page=page)
    async with tenants.transaction():
        assert [each.id for each in await promoters.leaders()] == [lin.id]
    await owner.submit(page, {"act": "approve", "rate": "10"}, page=page)
    async with tenants.transaction():
        assert [each.id for each in await promoters.leaders()] == [lin.id]
    await owner.submit(page, {"act": "approve", "rate": "10", "kinds": ""}, page=page)

    async with tenants.transaction():
        assert await promoters.leaders() == []


async def test_the_merchant_says_what_leaders_may_sell(owner: Any) -> None:
    peaches, page = await selling.offer(title="White peaches", price=4390), admin("/leader-goods")
    added = await owner.submit(page, {"product": str(peaches.product), "add": "1"}, page=page)
    assert f'name="price_{peaches.variant}"' in added.text
    row = {"item": str(peaches.variant), f"price_{peaches.variant}": "35", f"rate_{peaches.variant}": "12.5"}

    saved = await owner.submit(page, row | {"then": "save"}, page=page)
    wrong = await owner.submit(page, row | {f"rate_{peaches.variant}": "60"}, page=page)

    assert (saved.status_code, wrong.status_code) == (303, 422)
    async with tenants.transaction():
        (good,) = await group_buying.leader_goods.allowed()
    assert (good.variant, good.floor_amount, good.leader_bps) == (peaches.variant, 3500, 1250)
    await owner.submit(page, {"then": "save"}, page=page)
    async with tenants.transaction():
        assert await group_buying.leader_goods.allowed() == []


async def test_the_merchant_takes_the_list_with_whole_phones_and_finance_with_masked_ones(
    owner: Any, shop: Tenant, another_visitor: Any
) -> None:
    chain = await chains.chain()
    await campaigns.join_and_pay(chain, phone="13912345678")
    await sign_in(another_visitor, await staff_of(shop, "finance"))
    page, files = admin(f"/campaigns/{chain.id}"), []

    for who in (owner, another_visitor):
        asked = await who.submit(f"{page}/exports", {"kind": "csv"}, page=page)
        files.append(asked.headers["location"])

    assert "13912345678" in (await owner.get(admin(files[0]))).text
    assert "****5678" in (await another_visitor.get(admin(files[1]))).text
    assert (await another_visitor.get(admin(files[0]))).status_code == 403
