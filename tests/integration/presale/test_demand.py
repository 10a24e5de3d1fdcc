"""A demand test counts without knowing anybody, and its verdict ends every order by one job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import tenants
from app import group_buying, presale
from app.flows.cancel_order import cancel_order
from app.flows.end_participation import confirm_member
from app.flows.run_campaign import close_campaign, settle_campaign, unpublish_campaign
from app.flows.run_demand_test import count_look, say_i_want_it, turn_into
from app.group_buying import Campaign, WrongMoment
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.presale import DemandTest
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.invariants import check


async def _test(**terms: Any) -> Campaign:
    return await campaigns.campaign(kind="demand_test", title="Do you want plums?", price=5000, terms=terms)


async def _found(campaign: Campaign) -> DemandTest:
    async with tenants.transaction():
        return await presale.test_of(campaign.id)


async def _over(campaign: Campaign) -> None:
    """Its time is over, after as long as it was to take."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET opened_at = opened_at - (ends_at - $2::timestamptz), ends_at = $2 WHERE id = $1",
            campaign.id, now() - timedelta(seconds=1),
        )  # fmt: skip
    await close_campaign(campaign.id)


async def test_a_look_counts_once_a_day_for_a_session_and_robots_do_not(shop: Tenant) -> None:
    plums = await _test()

    for who, agent in (("one", "Firefox"), ("one", "Firefox"), ("two", "Firefox"), ("three", "Googlebot")):
        await count_look(plums, who, agent)

    async with tenants.transaction():
        assert (await presale.count_marks(plums.id)).views == 2
        kept = await tenants.connection().fetchval("SELECT string_agg(mark, ' ') FROM demand_mark")
    assert "one" not in kept.split()


async def test_somebody_wants_it_once(shop: Tenant) -> None:
    plums, visitor = await _test(), new_id()

    assert await say_i_want_it(plums.code, visitor)
    assert not await say_i_want_it(plums.code, visitor)
    with pytest.raises(group_buying.NotRunning):
        await say_i_want_it((await campaigns.campaign()).code, visitor)


async def test_a_go_confirms_everybody_who_waits(shop: Tenant) -> None:
    plums = await _test(metric="intents", target=2)
    for _ in range(8):
        await say_i_want_it(plums.code, new_id())
    placed, unpaid = await campaigns.join_and_pay(plums), await campaigns.join(plums)

    await _over(plums)
    await campaigns.pay(unpaid)

    found = await _found(plums)
    assert (found.verdict, found.close_call, found.counted.intents) == ("go", False, 8)
    assert await selling.jobs("group_buying.confirm_member") == 2
    for one in (placed, unpaid):
        assert await confirm_member(one.order_id)
    assert await settle_campaign(plums.id)
    await check(shop)


async def test_a_no_go_pays_everybody_back(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=50)
    placed = await campaigns.join_and_pay(plums)

    await _over(plums)

    assert (await _found(plums)).verdict == "no_go"
    assert await selling.jobs("group_buying.refund_member") == 1
    await cancel_order(placed.order_id, actor="system", cause="demand_test_no_go")
    assert await settle_campaign(plums.id)
    await check(shop)


async def test_an_unclear_test_goes_on_and_is_decided_by_its_estimate_in_the_end(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=2, extend_hours=24, extensions=1)
    for _ in range(2):
        await campaigns.join_and_pay(plums)

    await _over(plums)

    longer = await campaigns.look(plums.id)
    assert longer.status == "open"
    assert longer.ends_at
    assert longer.ends_at > now()
    assert (await _found(plums)).extended == 1
    await _over(plums)
    found = await _found(plums)
    assert (found.verdict, found.close_call) == ("no_go", True)  # two came in twice the time that was planned for two
    await check(shop)


async def test_a_test_that_is_stopped_pays_everybody_back_whatever_was_counted(shop: Tenant) -> None:
    plums = await _test(metric="intents", target=1)
    for _ in range(9):
        await say_i_want_it(plums.code, new_id())
    await campaigns.join_and_pay(plums)

    await unpublish_campaign(plums.id, actor="owner", reason="The grower is gone")

    assert (await _found(plums)).verdict == "stopped"
    assert await selling.jobs("group_buying.refund_member") == 1


async def test_the_marks_of_looks_go_with_the_verdict_and_their_number_stays(shop: Tenant) -> None:
    plums = await _test(metric="conversion", target_bps=100)
    await count_look(plums, "one", "Firefox")

    await unpublish_campaign(plums.id, actor="owner")

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM demand_mark") == 0
    assert (await _found(plums)).counted.views == 1


async def test_a_success_becomes_a_presale_with_one_click_and_a_failure_does_not(shop: Tenant) -> None:
    plums = await _test(metric="intents", target=1)
    for _ in range(9):
        await say_i_want_it(plums.code, new_id())
    with pytest.raises(WrongMoment):
        await turn_into(plums.id, "presale", actor="owner")
    await _over(plums)

    made = await campaigns.look(await turn_into(plums.id, "presale", actor="owner"))

    assert (made.kind, made.status, (await campaigns.item(made.id)).price_amount) == ("presale", "draft", 5000)
