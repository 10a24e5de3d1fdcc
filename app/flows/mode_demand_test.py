"""A demand test: people pay and wait, and when its time is over the counts say whether it goes on.

Go confirms everybody who waits, no-go calls every order off, one job each; while the interval still holds the target
the test is given more time, as often as its rules allow, and then the estimate itself decides. Closed by hand before
its time, it is stopped: everybody gets the money back. Whoever takes part is told each time, by a job of their own.

Where a deposit is asked for, it counts as an order. A go opens the balance, and who pays it is confirmed; until then
nobody knows when that will be, so the order is given longer than the test can possibly take.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from app import group_buying, inventory, orders, presale
from app.flows.campaign_mode import Mode
from app.flows.campaign_result import count_result
from app.flows.mode_presale import AT_LEAST, deposit_in, fall_away, let_fall, set_clocks, wait_for_day
from app.flows.presale_mail import tell
from app.group_buying import Campaign, DemandTestTerms, Participation
from app.kernel.clock import now
from app.presale import Counted, DemandTest, Finding
from tenants import outbox

NO_GO = "demand_test_no_go"
SLACK = timedelta(days=30)  # the verdict may come late, as long as this, before anybody's deposit is touched


class DemandTestMode(Mode):
    patience = timedelta(minutes=2)

    async def hold(self, order: orders.NewOrder, campaign: Campaign, choices: Mapping[str, Any]) -> None:
        terms, units = terms_of(campaign), [(line.variant, line.quantity) for line in order.lines]
        deposit, worth = deposit_in(terms, units, order.total_amount)
        if not deposit:
            return
        opens_at, due_at = _at_the_latest(campaign, terms)
        await presale.write_presale(
            order.id, campaign.id, ships_at=due_at, at=order.placed_at, deposit=deposit, worth=worth,
            opens_at=opens_at, due_at=due_at,
        )  # fmt: skip
        await orders.ask_deposit(order.id, deposit, balance_from=opens_at)

    async def take(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """Whoever pays waits for the verdict."""
        return False

    async def taken(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """Who was the last to pay may find that it is decided already."""
        test = await presale.test_of(campaign.id)
        if test.verdict:
            await _end(order.id, test.verdict, deposit=order.deposit_amount > 0)

    async def deposit_paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> bool:
        """Worth a seat; the goods are held until nobody can pay the balance any more."""
        mine = await presale.presale_of(order.id)
        if mine.due_at is None:
            return False
        await presale.move(mine, "deposit_paid")
        await _give_time(order.id, mine.due_at)
        return True

    async def paid(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        """With the balance of a test that was a success nothing is in the way any more."""
        if not order.deposit_amount:
            return
        mine = await presale.presale_of(order.id)
        if mine.status == "balance_open":
            await presale.move(mine, "balance_paid")
            await presale.promise_again(order.id, now(), excused=False)
            await wait_for_day(order.id, now())

    async def forfeit(self, order: orders.Order, campaign: Campaign, one: Participation) -> int:
        return await let_fall(order) if order.deposit_amount else 0

    async def release(self, order: orders.Order, campaign: Campaign, one: Participation) -> None:
        if order.deposit_amount:
            await fall_away(order.id)

    async def new_end(self, campaign: Campaign) -> datetime | None:
        terms, test = terms_of(campaign), await presale.test_of(campaign.id)
        finding = judge(campaign, test, await count(campaign))
        if finding.verdict != "extend" or test.extended >= terms.extensions or campaign.ends_at is None:
            return None
        await presale.note_extension(campaign.id)
        later = campaign.ends_at + timedelta(hours=terms.extend_hours)
        for order_id in await group_buying.waiting_orders(campaign.id):
            await _tell(order_id, "extended", until=later)
        return later

    async def close(self, campaign: Campaign) -> None:
        test, counted = await presale.test_of(campaign.id), await count(campaign)
        finding = judge(campaign, test, counted)
        unclear = finding.verdict == "extend"
        stopped = campaign.ends_at is None or campaign.ends_at > now()
        go = not stopped and (finding.likelier if unclear else finding.verdict) == "go"
        decided = DemandTest(
            campaign=campaign.id, counted=counted, finding=finding, close_call=unclear and not stopped,
            verdict="stopped" if stopped else "go" if go else "no_go",
        )  # fmt: skip
        if await presale.decide(decided):
            await group_buying.note(campaign.id, f"verdict_{decided.verdict}")
            with_deposit = set(await presale.orders_in(campaign.id, "deposit_paid"))
            for order_id in await group_buying.waiting_orders(campaign.id):
                await _end(order_id, decided.verdict, deposit=order_id in with_deposit)

    async def settle(self, campaign: Campaign) -> bool:
        """Once every order is confirmed or gone, whoever paid a deposit too."""
        if await group_buying.waiting_orders(campaign.id):
            return False
        await presale.fulfill(campaign.id)
        return True


async def count(campaign: Campaign) -> Counted:
    """What was counted so far; with the verdict it stands still."""
    test = await presale.test_of(campaign.id)
    if test.verdict:
        return test.counted
    marks, result = await presale.count_marks(campaign.id), await count_result(campaign.id)
    return Counted(marks.views, marks.intents, result["orders"])


def judge(campaign: Campaign, test: DemandTest, counted: Counted, at: datetime | None = None) -> Finding:
    """What the counts say about the target; with `at`, about the part of it that belongs to the time until then."""
    if test.finding is not None:
        return test.finding
    terms = terms_of(campaign)
    if terms.metric == "conversion":
        return presale.of_share(counted.deposits, counted.views, terms.target_bps)
    planned, lasted = _times(campaign, test, terms, at)
    return presale.of_count(getattr(counted, terms.metric), terms.target, planned=planned, lasted=lasted)


def terms_of(campaign: Campaign) -> DemandTestTerms:
    return cast(DemandTestTerms, campaign.terms)


def _times(campaign: Campaign, test: DemandTest, terms: DemandTestTerms, at: datetime | None) -> tuple[float, float]:
    """How long it should take and how long it takes with its extensions, in seconds."""
    start = campaign.opened_at or campaign.starts_at or campaign.created_at
    if campaign.ends_at is None or campaign.ends_at <= start:
        return 1, 1
    extra = timedelta(hours=terms.extend_hours) * test.extended
    lasted = campaign.ends_at - start
    so_far = lasted if at is None else min(max(at - start, timedelta(0)), lasted)
    return max((lasted - extra).total_seconds(), 1), so_far.total_seconds()


async def open_balance(order: orders.Order, campaign: Campaign, mine: presale.PresaleOrder) -> None:
    """It was a success: the rest of this (locked) order can be paid from now on, by the rule for deposits."""
    terms, moment = terms_of(campaign), now()
    due_at = moment + max(timedelta(days=terms.balance_days), AT_LEAST)
    await presale.open_window(order.id, moment, due_at, forfeits=terms.forfeits)
    await presale.move(mine, "balance_open")
    await orders.ask_deposit(order.id, mine.deposit_amount, balance_from=moment)
    await _give_time(order.id, due_at)
    await set_clocks(order.id, moment, due_at)
    kind = "demand.balance_or_lost" if terms.forfeits else "demand.balance"
    await tell(order, kind, amount=order.total_amount - mine.deposit_amount, deadline=due_at)


def _at_the_latest(campaign: Campaign, terms: DemandTestTerms) -> tuple[datetime, datetime]:
    """When a balance would open, and be due, if the test took all the time it can get."""
    opens_at = (campaign.ends_at or now()) + timedelta(hours=terms.extend_hours) * terms.extensions + SLACK
    return opens_at, opens_at + max(timedelta(days=terms.balance_days), AT_LEAST)


async def _give_time(order_id: UUID, until: datetime) -> None:
    await presale.give_until(order_id, until)
    await orders.extend(order_id, until)
    await inventory.hold_until(order_id, until)
    await outbox.post(
        "payments.expire_order", queue="critical", key=f"payments.expire_order:{order_id}:{until.isoformat()}",
        delay=until - now(), order_id=order_id,
    )  # fmt: skip


async def _end(order_id: UUID, verdict: str, *, deposit: bool) -> None:
    """One job does what the verdict means for this order; another one tells, unless the first does."""
    if verdict == "go" and deposit:
        await outbox.post("demand_test.ask_balance", key=f"ask_balance:{order_id}", order_id=order_id)
        return
    if verdict == "go":
        await outbox.post("group_buying.confirm_member", key=f"confirm_member:{order_id}", order_id=order_id)
    else:
        await outbox.post("group_buying.refund_member", key=f"refund_member:{order_id}", order_id=order_id, cause=NO_GO)
    await _tell(order_id, verdict)


async def _tell(order_id: UUID, verdict: str, *, until: datetime | None = None) -> None:
    moment = until.isoformat() if until else ""
    await outbox.post(
        "demand_test.tell", key=f"demand_{verdict}:{order_id}:{moment}", order_id=order_id, verdict=verdict,
        until=moment,
    )  # fmt: skip
