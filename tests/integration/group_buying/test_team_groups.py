"""Buying in a team: seats held, taken and released; what is complete ships, what is not pays everybody back."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest

import tenants
from app import orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.end_team import close_team, complete_team, end_team, expire_team
from app.flows.expire_reservation import expire_reservation
from app.flows.join_campaign import join_campaign
from app.flows.place_order import Placed, PriceChanged, place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import request_refund, retry_refund
from app.flows.run_campaign import close_campaign, save_campaign, settle_campaign, unpublish_campaign
from app.flows.run_campaign import draft_of as draft_of_campaign
from app.flows.send_refund import send_refund
from app.flows.settle_refund import settle_refund
from app.group_buying import InAnotherTeam, ItemDraft, NotRunning, TeamFull, TeamOver, WrongMoment
from app.kernel.errors import Refusal
from app.kernel.ids import new_id
from infra.payment.port import PaymentProvider, PaymentRejected, RefundRequest, RefundState
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.faults import jobs
from tests.invariants import check
from workers.team_groups import look_after_teams

ELSEWHERE = ("fulfillment.", "payments.", "attribution.", "messaging.")


async def _what_follows() -> None:
    """Whatever is due in the campaign."""
    await jobs.work(*ELSEWHERE)


async def _order(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)


async def _place(placed: Placed) -> str:
    return (await campaigns.participation(placed.order_id)).status


async def _refunded(placed: Placed) -> int:
    async with tenants.transaction():
        amount: int = await tenants.connection().fetchval(
            "SELECT coalesce(sum(amount), 0) FROM refund WHERE order_id = $1", placed.order_id
        )
    return amount


async def test_a_team_opens_when_its_first_member_pays(shop: Tenant) -> None:
    offer = await teams.campaign()
    placed = await campaigns.join(offer)
    waiting = await teams.team_of(placed.order_id)

    await campaigns.pay(placed)

    opened = await teams.look(waiting)
    assert (waiting.opened_at, waiting.held, waiting.is_open()) == (None, 1, False)
    assert (opened.held, opened.taken, opened.missing, opened.is_open()) == (0, 1, 2, True)
    assert opened.opened_at is not None
    assert (opened.expires_at - opened.opened_at).total_seconds() == 24 * 3600
    assert await _place(placed) == "taken"
    await check(shop)


async def test_everybody_is_sent_the_goods_once_all_seats_are_paid(shop: Tenant) -> None:
    offer = await teams.campaign()
    first, team = await teams.open_team(offer)
    await plan_fulfillment(first.order_id)
    second = await teams.join_and_pay(offer, team)
    assert await selling.jobs("fulfillment.push_order") == 0

    third = await teams.join_and_pay(offer, team)
    await _what_follows()

    complete = await teams.look(team)
    assert (complete.status, complete.completed_by, complete.taken) == ("succeeded", "members", 3)
    assert [await _place(one) for one in (first, second, third)] == ["confirmed"] * 3
    assert await selling.jobs("fulfillment.push_order") == 1
    await check(shop)


async def test_a_team_whose_time_is_over_pays_everybody_back_and_nobody_can_join_it(shop: Tenant) -> None:
    offer = await teams.campaign()
    first, team = await teams.open_team(offer)
    second = await teams.join_and_pay(offer, team)
    unpaid = await teams.join(offer, team)
    await teams.run_out(team)

    with pytest.raises(TeamOver):
        await teams.join(offer, team)
    assert await expire_team(team.id)
    await _what_follows()

    over = await teams.look(team)
    assert (over.status, over.reason) == ("failed", "expired")
    assert [(await _order(one)).status for one in (first, second, unpaid)] == ["canceled"] * 3
    assert [await _refunded(one) for one in (first, second, unpaid)] == [2990, 2990, 0]
    assert (await campaigns.item(offer.id)).taken == 0
    assert not await expire_team(team.id)
    await check(shop)


async def test_a_team_has_no_more_than_its_seats(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _first, team = await teams.open_team(offer)
    await teams.join(offer, team)

    with pytest.raises(TeamFull):
        await teams.join(offer, team)


async def test_of_fifty_who_want_the_last_seat_at_once_one_gets_it(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    leader, team = await teams.open_team(offer)

    outcomes = await asyncio.gather(*(teams.join_and_pay(offer, team) for _ in range(50)), return_exceptions=True)
    await _what_follows()

    assert sum(isinstance(each, Placed) for each in outcomes) == 1
    assert all(isinstance(each, Placed | TeamFull | TeamOver) for each in outcomes)
    complete = await teams.look(team)
    assert (complete.status, complete.taken, complete.held) == ("succeeded", 2, 0)
    assert await _place(leader) == "confirmed"
    await check(shop)


async def test_of_fifty_who_pay_late_for_the_last_seat_one_gets_it_and_the_others_their_money(shop: Tenant) -> None:
    """They all held a seat of teams that are over, and chose to be moved; one seat is left anywhere."""
    offer = await teams.campaign(people=51)
    _leader, team = await teams.open_team(offer)
    late = [await teams.join(offer, team, may_move=True) for _ in range(50)]
    await _set_people(offer, 2)
    other_leader, other = await teams.open_team(await campaigns.look(offer.id))
    await end_team(team.id, "expired")

    await asyncio.gather(*(campaigns.pay(one) for one in late))
    await _what_follows()

    full = await teams.look(other)
    assert (full.status, full.taken) == ("succeeded", 2)
    places = Counter([await _place(one) for one in late])
    assert places == {"confirmed": 1, "released": 49}
    assert sum([await _refunded(one) for one in late]) == 49 * 2990
    assert await _place(other_leader) == "confirmed"
    await check(shop)


async def _set_people(offer: Any, people: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET terms = jsonb_set(terms, '{people}', to_jsonb($2::integer)) WHERE id = $1",
            offer.id, people,
        )  # fmt: skip


async def test_whoever_pays_after_the_team_failed_is_paid_back(shop: Tenant) -> None:
    offer = await teams.campaign()
    _leader, team = await teams.open_team(offer)
    late = await teams.join(offer, team)
    await end_team(team.id, "expired")

    assert await campaigns.pay(late) == "paid"
    await _what_follows()

    assert ((await _order(late)).status, await _place(late), await _refunded(late)) == ("canceled", "released", 2990)
    await check(shop)


async def test_whoever_pays_after_the_deadline_and_chose_so_is_moved_to_another_team(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    late = await teams.join(offer, team, may_move=True)
    other_leader, other = await teams.open_team(offer)
    await teams.run_out(team)

    await campaigns.pay(late)
    await _what_follows()

    moved = await teams.seat(late)
    assert (moved.team, moved.moved_from, moved.status) == (other.id, team.id, "taken")
    assert [await _place(one) for one in (late, other_leader)] == ["confirmed", "confirmed"]
    assert (await teams.look(team)).reason == ""
    await expire_team(team.id)
    await _what_follows()
    assert await _place(late) == "confirmed"
    await check(shop)


async def test_a_late_payer_who_is_moved_leaves_no_forming_team_without_a_leader(shop: Tenant) -> None:
    """The leader had left to somebody who was still paying, and the time ran out before the payment came."""
    offer = await teams.campaign(people=2)
    leader, team = await teams.open_team(offer)
    late = await teams.join(offer, team, may_move=True)
    await cancel_order(leader.order_id, actor="shopper")
    _other_leader, other = await teams.open_team(offer)
    await teams.run_out(team)

    await campaigns.pay(late)

    assert (await teams.seat(late)).team == other.id
    left = await teams.look(team)
    assert (left.status, left.reason) == ("failed", "expired")
    await check(shop)


async def test_whoever_pays_after_the_order_ran_out_and_the_team_succeeded_is_paid_back(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    late = await teams.join(offer, team, may_move=True)
    await selling.run_out_of_time(late.order_id)
    await expire_reservation(late.order_id, None)
    await teams.join_and_pay(offer, team)

    assert await campaigns.pay(late) == "late"
    await _what_follows()

    assert (await _refunded(late), (await teams.look(team)).taken) == (2990, 2)
    await check(shop)


async def test_a_seat_that_is_not_paid_in_time_can_be_had_by_others(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    slow = await teams.join(offer, team, phone="13911112222")
    await selling.run_out_of_time(slow.order_id)

    await expire_reservation(slow.order_id, None)

    assert (await teams.look(team)).held == 0
    await teams.join_and_pay(offer, team, phone="13911112222")
    assert (await teams.look(team)).status == "succeeded"
    await check(shop)


async def test_when_the_leader_leaves_the_next_member_leads_and_the_deadline_stays(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)
    holding = await teams.join(offer, team)
    second = await teams.join_and_pay(offer, team)

    await cancel_order(leader.order_id, actor="shopper")

    after = await teams.look(team)
    assert (after.status, after.taken, after.held, after.expires_at) == ("forming", 1, 1, team.expires_at)
    assert [(await teams.seat(one)).is_leader for one in (second, holding)] == [True, False]
    assert await _refunded(leader) == 2990
    await check(shop)


async def test_a_team_that_everybody_left_is_over(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)

    await cancel_order(leader.order_id, actor="shopper")

    assert ((await teams.look(team)).status, (await teams.look(team)).reason) == ("failed", "leader_left")
    await check(shop)


async def test_nobody_is_in_two_forming_teams_of_a_campaign(shop: Tenant) -> None:
    offer = await teams.campaign()
    _leader, team = await teams.open_team(offer, phone="13911112222")

    outcomes = await asyncio.gather(
        campaigns.join(offer, phone="13911112222"), teams.join(offer, team, phone="13911112222"),
        *(campaigns.join(offer, phone="13933334444") for _ in range(5)), return_exceptions=True,
    )  # fmt: skip

    assert sum(isinstance(each, InAnotherTeam) for each in outcomes) == 6
    assert sum(isinstance(each, Placed) for each in outcomes) == 1
    await check(shop)


async def test_after_a_team_succeeded_its_members_may_open_another(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer, phone="13911112222")
    await teams.join_and_pay(offer, team)

    _again, second = await teams.open_team(offer, phone="13911112222")

    assert second.is_open()


async def test_the_leader_pays_less_and_the_others_the_teams_price(shop: Tenant) -> None:
    offer = await teams.campaign(people=2, leader_benefit="price", leader_amount=500)
    leader, team = await teams.open_team(offer)

    member = await teams.join_and_pay(offer, team)

    assert [(await _order(one)).paid_amount for one in (leader, member)] == [2490, 2990]
    await check(shop)


async def test_the_leader_gets_a_reward_back_when_the_team_is_complete(shop: Tenant) -> None:
    offer = await teams.campaign(people=2, leader_benefit="reward", leader_amount=500)
    leader, team = await teams.open_team(offer)
    member = await teams.join_and_pay(offer, team)

    for _ in range(2):
        await _what_follows()
        await jobs.make_everything_due()

    assert [await _refunded(one) for one in (leader, member)] == [500, 0]
    assert await _place(leader) == "confirmed"
    await check(shop)


async def test_a_free_seat_for_the_leader_costs_nothing(shop: Tenant) -> None:
    offer = await teams.campaign(people=2, leader_benefit="price", leader_amount=2990)
    leader = await campaigns.join(offer)
    team = await teams.team_of(leader.order_id)

    await teams.join_and_pay(offer, team)
    await _what_follows()

    assert ((await _order(leader)).total_amount, await _place(leader)) == (0, "confirmed")
    await check(shop)


async def test_the_merchant_completes_a_team_and_it_is_known_as_that(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)
    paying = await teams.join(offer, team)

    await complete_team(offer.id, team.id, actor="owner@example.test")
    await campaigns.pay(paying)
    await _what_follows()

    complete = await teams.look(team)
    assert (complete.status, complete.completed_by, complete.taken) == ("succeeded", "merchant", 2)
    assert [await _place(one) for one in (leader, paying)] == ["confirmed", "confirmed"]
    with pytest.raises(WrongMoment):
        await complete_team(offer.id, team.id, actor="owner@example.test")
    await check(shop)


async def test_a_merchant_who_may_not_complete_teams_cannot(shop: Tenant) -> None:
    offer = await teams.campaign(merchant_completes=False)
    _leader, team = await teams.open_team(offer)

    with pytest.raises(WrongMoment):
        await complete_team(offer.id, team.id, actor="owner@example.test")


async def test_the_merchant_ends_a_team_and_everybody_is_paid_back(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)

    await close_team(offer.id, team.id, actor="owner@example.test")
    await _what_follows()

    assert ((await teams.look(team)).reason, await _refunded(leader)) == ("merchant_closed", 2990)
    await check(shop)


async def test_a_team_is_completed_by_itself_only_where_the_merchant_said_so(shop: Tenant) -> None:
    offer = await teams.campaign(completes_itself=True)
    leader, team = await teams.open_team(offer)
    await teams.run_out(team)

    await expire_team(team.id)
    await _what_follows()

    assert ((await teams.look(team)).completed_by, await _place(leader)) == ("rule", "confirmed")
    await check(shop)


async def test_when_the_last_unit_is_paid_teams_without_hope_are_over(shop: Tenant) -> None:
    offer = await teams.campaign(people=2, quota=3)
    hopeless, first = await teams.open_team(offer)
    _second, other = await teams.open_team(offer)

    await teams.join_and_pay(offer, other)
    await _what_follows()

    assert ((await teams.look(first)).reason, await _refunded(hopeless)) == ("sold_out", 2990)
    assert (await teams.look(other)).status == "succeeded"
    await check(shop)


async def test_teams_that_have_their_own_time_are_filled_after_the_campaign(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    leader, team = await teams.open_team(offer)
    await campaigns.end(offer.id)
    await close_campaign(offer.id)
    assert not await settle_campaign(offer.id)

    with pytest.raises(NotRunning):
        await campaigns.join(offer)
    await teams.join_and_pay(offer, team)
    await _what_follows()

    assert await _place(leader) == "confirmed"
    assert await settle_campaign(offer.id)
    assert (await campaigns.look(offer.id)).result["orders"] == 2
    await check(shop)


async def test_teams_fail_with_the_campaign_where_its_rules_say_so(shop: Tenant) -> None:
    offer = await teams.campaign(at_close="fail")
    leader, team = await teams.open_team(offer)
    await campaigns.end(offer.id)

    await close_campaign(offer.id)
    await _what_follows()

    assert ((await teams.look(team)).reason, await _refunded(leader)) == ("expired", 2990)
    assert await settle_campaign(offer.id)
    await check(shop)


async def test_teams_fail_when_the_merchant_ends_the_campaign_early(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)

    await unpublish_campaign(offer.id, actor="owner@example.test")
    await _what_follows()

    assert ((await teams.look(team)).reason, await _refunded(leader)) == ("merchant_closed", 2990)
    with pytest.raises(NotRunning):
        await teams.join(offer, team)
    await check(shop)


async def test_a_price_changed_after_the_order_was_placed_is_not_its_price(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    placed = await teams.join(offer, team)

    await _change_price(offer, 3490)
    await campaigns.pay(placed)

    assert (await _order(placed)).paid_amount == 2990
    assert (await teams.look(team)).status == "succeeded"
    await check(shop)


async def test_a_price_changed_before_the_order_is_placed_is_refused(shop: Tenant) -> None:
    offer = await teams.campaign()
    item, visitor = await campaigns.item(offer.id), new_id()
    cart = await join_campaign(offer.code, visitor, {item.variant: 1}, {"team": "new"}, customer_id=None)
    await _change_price(offer, 3490)

    with pytest.raises(PriceChanged):
        await place_order(cart, visitor, selling.checkout(seen_total=2990))
    assert (await campaigns.item(offer.id)).held == 0


async def _change_price(offer: Any, price: int) -> None:
    item = await campaigns.item(offer.id)
    draft = replace(draft_of_campaign(offer), items=[ItemDraft(item.variant, price)])
    await save_campaign(draft, offer.id, actor="owner")


async def test_members_are_told_how_it_ended_in_their_language_once(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    leader, team = await teams.open_team(offer)
    await teams.join_and_pay(offer, team)
    for _ in range(2):
        await _what_follows()
        await jobs.make_everything_due()

    async with tenants.transaction():
        told = await tenants.connection().fetch("SELECT kind, locale FROM message WHERE order_id = $1", leader.order_id)
    assert [tuple(row) for row in told] == [("team_succeeded", "en")]


async def test_somebody_elses_team_is_none_of_this_campaigns(shop: Tenant) -> None:
    offer, other = await teams.campaign(), await teams.campaign()
    _leader, team = await teams.open_team(other)

    with pytest.raises(TeamOver):
        await teams.join(offer, team)
    with pytest.raises(Refusal):
        await complete_team(offer.id, team.id, actor="owner@example.test")


class MoodyBank:
    """Gives everybody the money back except for one payment, until it is in a better mood."""

    def __init__(self, broken: str) -> None:
        self.broken = broken

    async def refund(self, request: RefundRequest) -> RefundState:
        if request.payment_number == self.broken:
            raise PaymentRejected("account_frozen")
        return RefundState(request.number, request.payment_number, "succeeded", request.amount, request.currency)


async def _give_back(bank: MoodyBank) -> None:
    """What the jobs of refunds do, with this bank."""
    async with tenants.transaction():
        waiting = await tenants.connection().fetch("SELECT id FROM refund WHERE status = 'pending' ORDER BY id")
    for row in waiting:
        state = await send_refund(row["id"], cast(PaymentProvider, bank))
        if state:
            await settle_refund(state)


async def test_a_refund_that_fails_for_one_member_keeps_nobody_else_waiting_and_can_be_tried_again(
    shop: Tenant,
) -> None:
    offer = await teams.campaign()
    members = [(await teams.open_team(offer))[0]]
    team = await teams.team_of(members[0].order_id)
    members.append(await teams.join_and_pay(offer, team))
    async with tenants.transaction():
        broken = await payments.newest_of(members[0].order_id)
    assert broken is not None
    bank = MoodyBank(broken.number)

    await end_team(team.id, "expired")
    await _what_follows()
    await _give_back(bank)

    async with tenants.transaction():
        refunds = [(await payments.refunds_of(one.order_id))[0] for one in members]
    assert [refund.status for refund in refunds] == ["failed", "succeeded"]
    assert [(await _order(one)).payment_status for one in members] == ["paid", "refunded"]
    assert [await _place(one) for one in members] == ["released", "released"]
    bank.broken = ""
    await retry_refund(refunds[0].id)
    await _give_back(bank)
    assert (await _order(members[0])).payment_status == "refunded"
    await check(shop)


async def test_a_member_who_was_given_everything_back_by_the_merchant_is_not_in_the_team_any_more(
    shop: Tenant,
) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)
    member = await teams.join_and_pay(offer, team)

    await request_refund(leader.order_id, reason="a wish")

    after = await teams.look(team)
    assert (after.status, after.taken, (await teams.seat(member)).is_leader) == ("forming", 1, True)
    assert await _place(leader) == "released"
    await end_team(team.id, "expired")
    await _what_follows()
    assert await _refunded(leader) == 2990
    await check(shop)


async def test_members_whose_job_was_lost_are_found_by_the_rounds(shop: Tenant) -> None:
    offer = await teams.campaign(people=2)
    leader, team = await teams.open_team(offer)
    other, failed = await teams.open_team(offer)
    await teams.join_and_pay(offer, team)
    await end_team(failed.id, "expired")
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM outbox WHERE kind LIKE 'group_buying.%'")
        await tenants.connection().execute("UPDATE team_group SET ended_at = ended_at - interval '5 minutes'")

    await look_after_teams()
    await _what_follows()

    assert [await _place(one) for one in (leader, other)] == ["confirmed", "released"]
    await check(shop)


async def test_a_team_whose_clock_was_lost_is_ended_by_the_rounds(shop: Tenant) -> None:
    offer = await teams.campaign()
    leader, team = await teams.open_team(offer)
    await teams.run_out(team)
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM outbox WHERE kind = 'group_buying.expire_team'")

    await look_after_teams()
    await _what_follows()

    assert (await teams.look(team)).reason == "expired"
    assert await _refunded(leader) == 2990
    await check(shop)
