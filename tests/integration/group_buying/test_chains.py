"""Chain orders: numbers in the order of payment, copies that share quota and numbers, and what leaders earn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from asyncpg.exceptions import (
    CheckViolationError,
    ForeignKeyViolationError,
    LockNotAvailableError,
    QueryCanceledError,
)

import tenants
from app import attribution, commissions, group_buying
from app.flows.cancel_order import cancel_order
from app.flows.copy_campaign import copy_campaign
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.run_campaign import close_campaign, draft_of, save_campaign, unpublish_campaign
from app.flows.settle_payment import settle_payment
from app.group_buying import ItemDraft, NotRunning, QuotaGone, Shares
from app.group_buying.chains import AnswerNeeded, NoThirdLevel, NotToCopy
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_earning as earning
from tests import builders_selling as selling
from tests.invariants import check


async def earned(order_id: UUID) -> dict[UUID, int]:
    """Who earns how much on the order, once it is decided and paid."""
    await decide_attribution(order_id)
    await finalize_attribution(order_id)
    async with tenants.transaction():
        return {line.promoter: line.amount for line in await commissions.lines_of(order_id)}


async def told_until_heard(notice: Any) -> None:
    """As a provider does: who waited too long for a lock is told again."""
    while True:
        try:
            await settle_payment(notice, body="{}")
        except (LockNotAvailableError, QueryCanceledError, TimeoutError):
            continue
        return


async def test_the_leader_has_the_order_that_nobody_else_brought(shop: Tenant) -> None:
    lin = await chains.leader(rate_bps=500)
    chain = await chains.chain(lin)

    placed = await campaigns.join_and_pay(chain, units=2)

    assert await earned(placed.order_id) == {lin.id: 600}
    async with tenants.transaction():
        (receipt,) = await attribution.receipt_of(placed.order_id)
    assert (receipt.reason, receipt.winner and receipt.winner.kind, receipt.rate_bps) == (
        "leader_campaign", "leader", 1000,
    )  # fmt: skip
    await check(shop)


async def test_leaders_earn_nothing_on_what_they_buy_themselves(shop: Tenant) -> None:
    lin = await chains.leader(email="13912345678@example.test")
    chain = await chains.chain(lin)

    placed = await campaigns.join_and_pay(chain, phone="13912345678")

    assert await earned(placed.order_id) == {}
    async with tenants.transaction():
        (receipt,) = await attribution.receipt_of(placed.order_id)
    assert [loser.reason for loser in receipt.losers] == ["own_purchase"]
    await check(shop)


async def test_a_link_wins_over_the_leader_of_the_list(shop: Tenant) -> None:
    lin, ma = await chains.leader(rate_bps=500), await earning.promoter(name="Ma", rate_bps=700)
    visitor = new_id()
    await earning.click(await earning.link(ma), visitor=visitor)

    placed = await campaigns.join_and_pay(await chains.chain(lin), units=2, visitor=visitor)

    assert await earned(placed.order_id) == {ma.id: 420}
    async with tenants.transaction():
        (receipt,) = await attribution.receipt_of(placed.order_id)
    assert [(loser.promoter_name, loser.reason) for loser in receipt.losers] == [("Lin", "link_won")]
    await check(shop)


async def test_a_link_wins_over_both_leaders_of_a_copy(shop: Tenant) -> None:
    lin, zhou = await chains.leader("Lin"), await chains.leader("Zhou")
    ma, visitor = await earning.promoter(name="Ma", rate_bps=700), new_id()
    copy = await chains.copy(await chains.chain(lin), zhou)
    await earning.click(await earning.link(ma), visitor=visitor)

    placed = await campaigns.join_and_pay(copy, visitor=visitor)

    assert await earned(placed.order_id) == {ma.id: 210}
    await check(shop)


async def test_a_link_of_the_leaders_own_pays_the_shares_of_the_list(shop: Tenant) -> None:
    lin, zhou, visitor = await chains.leader("Lin"), await chains.leader("Zhou", rate_bps=100), new_id()
    copy = await chains.copy(await chains.chain(lin), zhou)
    await earning.click(await earning.link(zhou), visitor=visitor)

    placed = await campaigns.join_and_pay(copy, visitor=visitor)

    assert await earned(placed.order_id) == {zhou.id: 180, lin.id: 120}
    await check(shop)


async def test_numbers_follow_the_payment_and_not_the_order(shop: Tenant) -> None:
    chain = await chains.chain()
    placed = [await campaigns.join(chain) for _ in range(3)]

    for each in (placed[2], placed[0], placed[1]):
        await campaigns.pay(each)

    numbers = [(await campaigns.participation(each.order_id)).sequence_number for each in placed]
    assert numbers == [2, 3, 1]
    await check(shop)


async def test_an_order_of_a_copy_has_two_numbers_and_two_leaders(shop: Tenant) -> None:
    lin, zhou = await chains.leader("Lin"), await chains.leader("Zhou")
    supply = await chains.chain(lin, quota=10)
    copy = await chains.copy(supply, zhou)
    await campaigns.join_and_pay(supply)

    placed = await campaigns.join_and_pay(copy, units=2)

    one = await campaigns.participation(placed.order_id)
    assert (one.sequence_number, one.supply_sequence) == (1, 2)
    assert await earned(placed.order_id) == {zhou.id: 360, lin.id: 240}
    source, own = await campaigns.item(supply.id), await campaigns.item(copy.id)
    assert (source.taken, source.held, own.taken, own.held) == (3, 0, 2, 0)
    await check(shop)


async def test_what_a_helper_asks_above_the_supply_price_is_the_helpers(shop: Tenant) -> None:
    lin, zhou = await chains.leader("Lin"), await chains.leader("Zhou")
    supply = await chains.chain(lin, shares=Shares(leader_bps=1000, help_bps=600, supply_amount=2800))
    variant = (await campaigns.item(supply.id)).variant
    copy = await chains.copy(supply, zhou, prices={variant: 3200})

    placed = await campaigns.join_and_pay(copy)

    # 400 of 3200 are 12.5%; 6% for helping come on top.
    assert await earned(placed.order_id) == {zhou.id: 3200 * 1850 // 10_000, lin.id: 3200 * 400 // 10_000}
    await check(shop)


async def test_a_helper_sells_neither_below_the_supply_price_nor_far_above_it(shop: Tenant) -> None:
    supply = await chains.chain()
    variant, zhou = (await campaigns.item(supply.id)).variant, await chains.leader("Zhou")

    for price in (2999, 9000):
        with pytest.raises(InvalidInput):
            await copy_campaign(supply.id, zhou.id, {variant: price}, title="", share_text="", actor="Zhou")


async def test_a_copy_cannot_be_copied(shop: Tenant) -> None:
    copy = await chains.copy(await chains.chain())
    third = await chains.leader("Wu")

    with pytest.raises(NoThirdLevel):
        await copy_campaign(copy.id, third.id, {}, title="", share_text="", actor="Wu")


async def test_the_database_itself_knows_no_third_level(shop: Tenant) -> None:
    """Whichever code writes it: a copy of a copy, a copied list that becomes a copy, and a list that copies itself."""
    supply, other = await chains.chain(), await chains.chain()
    copy = await chains.copy(supply)

    for campaign, supplied_by in ((other, copy), (supply, other), (other, other)):
        with pytest.raises((ForeignKeyViolationError, CheckViolationError)):
            async with tenants.transaction():
                await tenants.connection().execute(
                    "UPDATE campaign SET supply = $2 WHERE id = $1", campaign.id, supplied_by.id
                )
    with pytest.raises(ForeignKeyViolationError):
        async with tenants.transaction():
            await group_buying.save(replace(draft_of(copy), supply=copy.id), None, actor="somebody")


async def test_what_was_promised_to_a_helper_stays_when_the_list_changes(shop: Tenant) -> None:
    lin, zhou = await chains.leader("Lin"), await chains.leader("Zhou")
    supply = await chains.chain(lin, shares=Shares(leader_bps=1000, help_bps=600))
    copy = await chains.copy(supply, zhou)
    variant = (await campaigns.item(supply.id)).variant
    async with tenants.transaction():
        await group_buying.chains.write_shares(supply.id, {variant: Shares(leader_bps=1000, help_bps=100)})

    draft = replace(draft_of(copy), title="Other words", items=[ItemDraft(variant, 3200)])
    await save_campaign(draft, copy.id, actor="Zhou")
    placed = await campaigns.join_and_pay(copy)

    # 6% as promised and 200 of 3200; Lin keeps the promised rest.
    assert await earned(placed.order_id) == {zhou.id: 3200 * 1225 // 10_000, lin.id: 3200 * 400 // 10_000}
    await check(shop)


async def test_a_leader_copies_neither_the_own_list_nor_one_twice_nor_one_that_is_not_offered(shop: Tenant) -> None:
    lin, zhou = await chains.leader("Lin"), await chains.leader("Zhou")
    supply, closed_circle = await chains.chain(lin), await chains.chain(lin, help_sell=False)
    await chains.copy(supply, zhou)

    for campaign, helper in ((supply, lin), (supply, zhou), (closed_circle, zhou)):
        with pytest.raises(NotToCopy):
            await copy_campaign(campaign.id, helper.id, {}, title="", share_text="", actor="somebody")


async def test_the_quota_is_shared_by_a_list_and_its_copies(shop: Tenant) -> None:
    supply = await chains.chain(quota=5)
    first, second = await chains.copy(supply), await chains.copy(supply)

    joins = [campaigns.join(each) for each in (supply, first, second) for _ in range(4)]
    outcomes = await asyncio.gather(*joins, return_exceptions=True)

    assert sum(isinstance(each, QuotaGone) for each in outcomes) == 7
    assert (await campaigns.item(supply.id)).held == 5
    await check(shop)


async def test_a_canceled_order_of_a_copy_keeps_its_numbers_and_gives_its_units_back(shop: Tenant) -> None:
    supply = await chains.chain(quota=3, terms={"ships": "confirmed"})
    copy = await chains.copy(supply)
    placed = await campaigns.join_and_pay(copy, units=3)

    await cancel_order(placed.order_id, actor="shopper")

    one = await campaigns.participation(placed.order_id)
    assert (one.status, one.sequence_number, one.supply_sequence) == ("released", 1, 1)
    assert (await campaigns.item(supply.id)).left == 3
    async with tenants.transaction():
        (entry,) = await group_buying.chains.entries_of(supply.id)
    assert (entry.number, entry.fallen, entry.helper) == (1, True, "Zhou")
    await check(shop)


async def test_numbers_have_no_gaps_when_two_hundred_pay_at_once(shop: Tenant) -> None:
    supply = await chains.chain()
    copy = await chains.copy(supply)
    placed = [await campaigns.join(each) for _ in range(100) for each in (supply, copy)]

    notices = [selling.notice(selling.captured(await selling.open_payment(one.order_id))) for one in placed]
    await asyncio.gather(*(told_until_heard(notice) for notice in notices))

    rows = [await campaigns.participation(one.order_id) for one in placed]
    own = sorted(row.sequence_number or 0 for row in rows if row.campaign == copy.id)
    there = sorted(row.supply_sequence or 0 if row.campaign == copy.id else row.sequence_number or 0 for row in rows)
    assert (own, there) == (list(range(1, 101)), list(range(1, 201)))
    in_copy = sorted((row for row in rows if row.campaign == copy.id), key=lambda row: row.sequence_number or 0)
    assert [row.supply_sequence for row in in_copy] == sorted(row.supply_sequence or 0 for row in in_copy)
    await check(shop)


async def test_a_copy_ends_with_the_list_it_copies(shop: Tenant) -> None:
    supply = await chains.chain()
    copy = await chains.copy(supply)

    await unpublish_campaign(supply.id, actor="Su He")
    with pytest.raises(NotRunning):
        await campaigns.join(copy)
    await close_campaign(copy.id)

    assert (await campaigns.look(copy.id)).status == "closed"


async def test_what_must_be_answered_is_asked_for(shop: Tenant) -> None:
    chain = await chains.chain(
        terms={"questions": [
            {"label": "Building", "required": True}, {"label": "Ripe", "kind": "choice", "choices": ["soft", "hard"]},
        ]}
    )  # fmt: skip

    for answers in ({}, {"Building": "3", "Ripe": "green"}):
        with pytest.raises(AnswerNeeded):
            await campaigns.join(chain, choices={"fields": answers})
    placed = await campaigns.join(chain, choices={"fields": {"Building": "3", "Ripe": "soft"}})

    assert (await campaigns.participation(placed.order_id)).fields == {"Building": "3", "Ripe": "soft"}


async def test_another_store_sees_nothing_of_a_list(shop: Tenant, other_shop: Tenant) -> None:
    chain = await chains.chain()
    await campaigns.join_and_pay(chain)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await group_buying.chains.entries_of(chain.id) == []
            assert await group_buying.chains.copies_of(chain.id) == []
            with pytest.raises(NotFound):
                await group_buying.find(chain.id)
