"""From the draft to the prize: what counts while it runs, what is left when it is final, and who is paid, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from asyncpg import CheckViolationError, InsufficientPrivilegeError

import tenants
from app import contests, promoters
from app.contests import IllegalMove, MoreThanWasPaid
from app.flows.award_prizes import pay_prizes, take_back_prize
from app.flows.contest_gate import NotCompliant
from app.flows.merchant_acts import Actor
from app.flows.reverse_commission import reverse_commission
from app.flows.run_contest import cancel_contest, close_contest, open_contest, save_contest, settle_contest
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_contests as build
from tests import builders_earning as earning
from tests import builders_payouts as payouts
from tests.builders_payouts import sold
from tests.invariants import check_promoters
from workers import attribution
from workers.contests import HANDLERS, look_after_contests

SU_HE = Actor(new_id(), "Su He")


async def _hosts(*names: str) -> list[promoters.Promoter]:
    return [await earning.promoter(name=name) for name in names or ("Xiaoya", "Ajie")]


async def _refunded(order: UUID, amount: int) -> None:
    await earning.mark_refunded(order, amount)
    await reverse_commission(order)


async def test_the_board_counts_what_was_paid_less_what_was_refunded(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    order = await sold(xiaoya, 10_000)
    await sold(ajie, 8_000)
    assert await build.live_board(contest) == [("Xiaoya", 10_000), ("Ajie", 8_000)]

    await _refunded(order, 4_000)

    assert await build.live_board(contest) == [("Ajie", 8_000), ("Xiaoya", 6_000)]


async def test_what_was_paid_before_or_after_does_not_count(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    await sold(xiaoya, 9_000)
    contest = await build.opened(xiaoya, ajie, starts_at=now())
    await sold(ajie, 1_000)
    await build.closed(contest)

    await sold(xiaoya, 9_000)

    assert await build.live_board(contest) == [("Ajie", 1_000), ("Xiaoya", 0)]


async def test_a_winner_is_paid_once_when_everything_has_settled(shop: Tenant) -> None:
    await payouts.terms(freeze_days=7)
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie, prizes=[50_000, 20_000])
    await sold(xiaoya, 10_000)
    await sold(ajie, 8_000)
    await build.closed(contest)

    for _ in range(2):
        for kind in ("contests.settle", "contests.pay"):
            await HANDLERS[kind](payouts.JOB, contest_id=str(contest))

    assert await build.final_board(contest) == [("Xiaoya", 10_000, 50_000), ("Ajie", 8_000, 20_000)]
    assert (await build.found(contest)).status == "paid"
    assert [(await payouts.purse(each))["available"] for each in (xiaoya, ajie)] == [50_000, 20_000]
    await check_promoters(shop)


async def test_orders_stuffed_in_and_refunded_lose_the_prize(shop: Tenant) -> None:
    """The oldest trick: buy a lot in the last minute, win, and send everything back."""
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(ajie, 8_000)
    stuffed = [await sold(xiaoya, 90_000, received_days_ago=None) for _ in range(2)]
    await build.closed(contest)
    assert (await build.live_board(contest))[0] == ("Xiaoya", 180_000)
    assert not await settle_contest(contest), "it waits while orders may still come back"

    for order in stuffed:
        await _refunded(order, 90_000)
    assert await settle_contest(contest)
    await pay_prizes(contest)

    assert await build.final_board(contest) == [("Ajie", 8_000, 50_000), ("Xiaoya", 0, 0)]
    assert await build.reasons(contest) == ["counted", "refunded", "refunded"]
    assert await build.awards(contest) == {ajie.id: 50_000}
    await check_promoters(shop)


async def test_what_never_settles_is_taken_off_when_the_window_ends(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(xiaoya, 90_000, received_days_ago=None)
    await sold(ajie, 8_000)
    await build.closed(contest)
    assert not await settle_contest(contest)

    await build.window_over(contest)
    assert await settle_contest(contest)

    assert await build.final_board(contest) == [("Ajie", 8_000, 50_000), ("Xiaoya", 0, 0)]
    assert await build.reasons(contest) == ["counted", "unsettled"]


async def test_a_sale_held_for_review_does_not_count_until_it_is_let_through(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(xiaoya, 9_000)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'held', held_because = 'self_purchase'")
    assert await build.live_board(contest) == [("Xiaoya", 0), ("Ajie", 0)]
    await build.closed(contest)
    assert not await settle_contest(contest)

    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'accrued', held_because = ''")

    assert await settle_contest(contest)
    assert (await build.final_board(contest))[0] == ("Xiaoya", 9_000, 50_000)


@pytest.mark.parametrize("policy", ["off", "discount", "commission"])
async def test_an_own_purchase_wins_nothing_whatever_it_earns(shop: Tenant, policy: str) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    order = await sold(xiaoya, 9_000)
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO risk_assessment (id, order_id, promoter, moment, outcome, score, hold_from_score,"
            " policy_version, assessed_at) VALUES ($1, $2, $3, 'paid', $4, 100, 60, 1, now())",
            new_id(), order, xiaoya.id, policy,
        )  # fmt: skip

    assert await build.live_board(contest) == [("Xiaoya", 0), ("Ajie", 0)]


async def test_refunds_after_the_result_change_neither_board_nor_prize(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    order = await sold(xiaoya, 9_000)
    await build.closed(contest)
    await settle_contest(contest)
    await pay_prizes(contest)

    await _refunded(order, 9_000)

    assert (await build.final_board(contest))[0] == ("Xiaoya", 9_000, 50_000)
    assert (await payouts.purse(xiaoya))["available"] == 50_000
    await check_promoters(shop)


async def test_the_merchant_takes_a_prize_back_only_through_the_books(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(xiaoya, 9_000)
    await build.closed(contest)
    await settle_contest(contest)
    await pay_prizes(contest)
    async with tenants.transaction():
        (award,) = await contests.awards_of(contest)
    await payouts.terms()
    await payouts.asked(xiaoya, 40_000)

    await take_back_prize(award.id, 30_000, reason="The orders were her own.", by=SU_HE)
    with pytest.raises(MoreThanWasPaid):
        await take_back_prize(award.id, 20_001, reason="All of it.", by=SU_HE)
    with pytest.raises(InvalidInput):
        await take_back_prize(award.id, 1, reason=" ", by=SU_HE)

    purse = await payouts.purse(xiaoya)
    assert (purse["available"], purse["debt"]) == (0, 20_000)
    async with tenants.transaction():
        assert [(one.amount, one.reason) for one in await contests.corrections_of(award.id)] == [
            (30_000, "The orders were her own.")
        ]
    await check_promoters(shop)


async def test_a_prize_repays_a_debt_first(shop: Tenant) -> None:
    await payouts.terms()
    xiaoya, ajie = await payouts.earner(100_000, rate_bps=1000, name="Xiaoya"), await earning.promoter(name="Ajie")
    await payouts.asked(xiaoya, 10_000)
    async with tenants.transaction():
        first = await tenants.connection().fetchval("SELECT order_id FROM commission_line")
    await _refunded(first, 100_000)
    assert (await payouts.purse(xiaoya))["debt"] == 10_000
    contest = await build.opened(xiaoya, ajie, starts_at=now())
    await sold(xiaoya, 9_000)
    await build.closed(contest)

    await settle_contest(contest)
    await pay_prizes(contest)

    purse = await payouts.purse(xiaoya)
    assert (purse["available"], purse["debt"]) == (40_000, 0)
    await check_promoters(shop)


async def test_a_team_wins_together_and_shares_by_what_each_has_sold(shop: Tenant) -> None:
    one, two, three, rival = await _hosts("Xiaoya", "Ajie", "Mei", "Chen")
    contest = await build.opened([one, two, three], [rival], prizes=[10_001])
    await sold(one, 6_000)
    await sold(two, 3_000)
    await sold(rival, 8_999)
    await build.closed(contest)

    await settle_contest(contest)
    await pay_prizes(contest)

    assert await build.awards(contest) == {one.id: 6_667, two.id: 3_333}
    await check_promoters(shop)


async def test_a_tie_goes_to_whoever_reached_it_first(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(ajie, 5_000)
    await sold(xiaoya, 5_000)
    await build.closed(contest)

    await settle_contest(contest)

    assert await build.final_board(contest) == [("Ajie", 5_000, 50_000), ("Xiaoya", 5_000, 0)]


@pytest.mark.parametrize(
    ("metric", "scores"), [("net_units", [4, 1]), ("paid_orders", [2, 1]), ("new_customers", [1, 1])]
)
async def test_contests_count_units_orders_or_new_customers(shop: Tenant, metric: str, scores: list[int]) -> None:
    xiaoya, ajie = await _hosts()
    old = await earning.order(email="old@shopper.test", placed_at=earning.days_ago(30))
    await earning.mark_paid(old)
    contest = await build.opened(xiaoya, ajie, metric=metric, starts_at=now())
    for host, email, units in ((xiaoya, "new@shopper.test", 2), (xiaoya, "Old@shopper.test", 2), (ajie, "a@b.test", 1)):
        await _bought(host, email, units)

    assert await build.live_board(contest) == [("Xiaoya", scores[0]), ("Ajie", scores[1])]


async def _bought(host: promoters.Promoter, email: str, units: int) -> None:
    visitor = new_id()
    await earning.click(await earning.link(host), visitor=visitor)
    order = await earning.order(visitor=visitor, email=email, units=units, goods=(units * 1_000,))
    await earning.mark_paid(order)
    await attribution.HANDLERS["attribution.finalize"](payouts.JOB, order_id=str(order))


async def test_a_contest_about_a_session_counts_what_was_sold_in_it(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    session = await earning.session(xiaoya)
    contest = await build.opened(xiaoya, ajie, scope="live_session", live_session=session.id)
    await sold(ajie, 9_000)
    visitor = new_id()
    await earning.click(await earning.link(xiaoya, session=session), visitor=visitor)
    order = await earning.order(visitor=visitor, goods=(1_000,))
    await earning.mark_paid(order)
    await attribution.HANDLERS["attribution.finalize"](payouts.JOB, order_id=str(order))

    assert await build.live_board(contest) == [("Xiaoya", 1_000), ("Ajie", 0)]


async def test_of_many_who_close_at_once_one_does(shop: Tenant) -> None:
    contest = await build.opened(*await _hosts())

    done = await asyncio.gather(*(close_contest(contest, by="Su He") for _ in range(8)))
    final = await asyncio.gather(*(settle_contest(contest) for _ in range(4)))

    assert (sum(done), sum(final)) == (1, 1)
    async with tenants.transaction():
        steps = [one.to_status for one in await contests.events_of(contest)]
    assert steps == ["draft", "open", "closed", "final"]


async def test_many_workers_pay_a_prize_once(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()
    contest = await build.opened(xiaoya, ajie)
    await sold(xiaoya, 5_000)
    await build.closed(contest)
    await settle_contest(contest)

    paid = await asyncio.gather(*(pay_prizes(contest) for _ in range(6)))

    assert sum(paid) == 1
    assert (await payouts.purse(xiaoya))["available"] == 50_000
    await check_promoters(shop)


async def test_the_clock_closes_what_is_over_and_nothing_else(shop: Tenant) -> None:
    hosts = await _hosts()
    over, running = await build.opened(*hosts), await build.opened(*hosts)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE contest SET ends_at = now() WHERE id = $1", over)

    await look_after_contests()
    for contest in (over, running):
        await HANDLERS["contests.close"](payouts.JOB, contest_id=str(contest))

    assert [(await build.found(each)).status for each in (over, running)] == ["closed", "open"]


async def test_a_contest_is_called_off_until_its_result_is_final(shop: Tenant) -> None:
    hosts = await _hosts()
    contest, won = await build.opened(*hosts), await build.opened(*hosts)
    await build.closed(won)
    await settle_contest(won)

    await cancel_contest(contest, words="The host is ill.", by="Su He")

    with pytest.raises(IllegalMove):
        await cancel_contest(won, words="", by="Su He")
    with pytest.raises(IllegalMove):
        await open_contest(contest, by="Su He")
    assert not await close_contest(contest, by="Su He")


async def test_an_announced_contest_is_not_closed_before_it_begins(shop: Tenant) -> None:
    contest = await build.opened(*await _hosts(), starts_at=now() + timedelta(minutes=10))

    with pytest.raises(IllegalMove):
        await close_contest(contest, by="Su He")


async def test_only_a_draft_is_written_anew(shop: Tenant) -> None:
    hosts = await _hosts()
    contest = await save_contest(None, build.draft(*hosts), by="Su He")
    assert await save_contest(contest, build.draft(*hosts, title="PK", prizes=[1, 1]), by="Su He") == contest
    assert (await build.found(contest)).title == "PK"
    await open_contest(contest, by="Su He")

    with pytest.raises(IllegalMove):
        await save_contest(contest, build.draft(*hosts), by="Su He")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"), ({"ends_at": now() - timedelta(days=1)}, "ends_at"), ({"metric": "likes"}, "metric"),
        ({"prizes": [0]}, "prizes"), ({"window_days": 181}, "window_days"), ({"least_score": 0}, "least_score"),
        ({"cap_bps": 5_001}, "cap"), ({"scope": "products"}, "products"), ({"scope": "live_session"}, "live_session"),
        ({"scope": "campaign", "campaign": new_id()}, "campaign"), ({"prizes": [1, 1, 1]}, "prizes"),
        ({"sides": [("One", [new_id()]), ("Two", [new_id()])]}, "sides"), ({"sides": []}, "sides"),
    ],
)  # fmt: skip
async def test_a_draft_that_makes_no_sense_names_the_field(shop: Tenant, facts: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await save_contest(None, build.draft(*await _hosts(), **facts), by="Su He")

    assert field in refused.value.fields


async def test_nobody_is_on_two_sides(shop: Tenant) -> None:
    xiaoya, ajie = await _hosts()

    with pytest.raises(InvalidInput):
        await save_contest(None, build.draft([xiaoya, ajie], [ajie]), by="Su He")


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"metric": "recruits"}, "CG-1"), ({"metric": "team_volume"}, "CG-4"), ({"metric": "headcount"}, "CG-5"),
        ({"declared": ["recruit_bonus"]}, "CG-1"), ({"declared": ["headcount_task"]}, "CG-5"),
        ({"declared": ["joining_fee"]}, "CG-2"),
    ],
)  # fmt: skip
async def test_a_contest_by_heads_is_refused_with_the_rule(shop: Tenant, facts: dict[str, object], rule: str) -> None:
    with pytest.raises(NotCompliant) as refused:
        await save_contest(None, build.draft(*await _hosts(), **facts), by="Su He")

    assert [one.rule for one in refused.value.findings if one.refuses] == [rule]
    assert refused.value.details["rules"] == rule


async def test_nobody_is_paid_alike_for_what_those_below_them_sold(shop: Tenant) -> None:
    upper, lower, rival = await _hosts("Upper", "Lower", "Rival")
    async with tenants.transaction():
        await promoters.move(lower.id, upper.id, actor="Su He", reason="knows her")
    draft = build.draft([upper, lower], [rival])
    await save_contest(None, draft, by="Su He")

    with pytest.raises(NotCompliant) as refused:
        await save_contest(None, msgspec.structs.replace(draft, split="equal"), by="Su He")

    assert refused.value.findings[0].rule == "CG-4"
    assert refused.value.findings[0].evidence == ("Upper & Lower",)


async def test_history_and_illegal_steps_are_kept_out_by_the_database(shop: Tenant) -> None:
    contest = await build.opened(*await _hosts())
    async with tenants.transaction():
        with pytest.raises(CheckViolationError):
            async with tenants.savepoint():
                await tenants.connection().execute(
                    "INSERT INTO contest_event (id, contest, seq, from_status, to_status, actor, at)"
                    " VALUES ($1, $2, 9, 'open', 'paid', 'x', now())",
                    new_id(), contest,
                )  # fmt: skip
        with pytest.raises(InsufficientPrivilegeError):
            async with tenants.savepoint():
                await tenants.connection().execute("DELETE FROM contest_event")


async def test_another_store_sees_nothing(shop: Tenant, other_shop: Tenant) -> None:
    contest = await build.opened(*await _hosts())

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await contests.listed() == []
        with pytest.raises(NotFound):
            await close_contest(contest, by="Su He")
