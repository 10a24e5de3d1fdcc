"""The life of a ladder: written, taken back, opened, closed by the clock; and settled, order by order, once nobody can
pay any more. One comes to its second step, another one to too few.

It may be lived again where it stopped: whoever comes after a death does what is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import group_buying
from app.flows.run_campaign import (
    clone_campaign,
    close_campaign,
    draft_of,
    open_campaign,
    publish_campaign,
    repeat_campaign,
    save_campaign,
    unpublish_campaign,
)
from app.flows.start_payment import start_payment
from app.group_buying import Campaign, ItemDraft
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_campaigns as campaigns
from tests import builders_earning, builders_ladders
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments
from workers.group_buying import look_after_campaigns


@dataclass(frozen=True, slots=True)
class Made:
    """Two ladders whose orders are paid, and what has to come back of each order."""

    reached: UUID
    missed: UUID
    owed: Mapping[UUID, int]


async def prepare(people: int = 3) -> Made:
    await register_payments(tenants.current(), money.QUIET)
    reached = await builders_ladders.ladder(stairs=((2, 4390), (people, 3990)))
    missed = await builders_ladders.ladder(terms={"min_count": 9})
    first, second, *others = [await _paid(reached) for _ in range(people)]
    owed = {first: 1000, second: 1000, **dict.fromkeys(others, 400)}
    return Made(reached.id, missed.id, owed | {await _paid(missed): 4990})


async def _paid(ladder: Campaign) -> UUID:
    """By somebody who followed a promoter's link."""
    visitor = new_id()
    await builders_earning.click(
        await builders_earning.link(await builders_earning.promoter(rate_bps=777)), visitor=visitor
    )
    placed = await campaigns.join(ladder, visitor=visitor)
    await jobs.work(money.ELSEWHERE, "group_buying.")
    await money.choose((await start_payment(placed.order_id, "sandbox", money.PAGE)).url, "pay")
    await money.ask_and_work()
    return placed.order_id


async def live(made: Made) -> None:
    for ladder in (made.reached, made.missed):
        await campaigns.end(ladder)
        await close_campaign(ladder)
    await jobs.make_everything_due(except_kind="payments.expire_order")
    await money.ask_and_work()
    await another_one(made.reached)


async def another_one(of: UUID) -> None:
    """A copy that begins later is taken back, begins at once, and is over."""
    await repeat_campaign(of, actor="owner")
    copy = await clone_campaign(of, actor="owner")
    await _write(copy, begins=now() + timedelta(hours=1))
    await publish_campaign(copy, actor="owner")
    await unpublish_campaign(copy, actor="owner")
    await publish_campaign(copy, actor="owner")
    await _write(copy, begins=now())
    await open_campaign(copy)
    await unpublish_campaign(copy, actor="owner")
    await jobs.make_everything_due()
    await money.ask_and_work()


async def _write(campaign_id: UUID, *, begins: datetime) -> None:
    async with tenants.transaction():
        known = await group_buying.find(campaign_id)
        items = await group_buying.items_of(campaign_id)
    offered = [ItemDraft(item.variant, item.price_amount, item.quota, item.tiers) for item in items]
    draft = replace(draft_of(known), items=offered, starts_at=begins, ends_at=now() + timedelta(hours=2))
    await save_campaign(draft, campaign_id, actor="owner")


async def mend() -> None:
    """Whatever should have happened by the clock is asked for, leases run out, and the provider is asked."""
    await look_after_campaigns()
    await money.mend()
    await look_after_campaigns()
    await money.mend()


async def disagreements() -> list[str]:
    """Our books are the provider's, every ladder that is over is settled, and every order ended at its last step."""
    found = await money.disagreements()
    async with tenants.transaction():
        database = tenants.connection()
        open_ = await database.fetch("SELECT title, status FROM campaign WHERE status = 'closed'")
        wrong = await database.fetch(WRONG)
    found += [f"campaign {row['title']}: still {row['status']}" for row in open_]
    return found + [f"order {row['number']}: {row['kept']} kept, {row['due']} due" for row in wrong]


# What an order should have come to in the end, told from its lines and the final prices alone.
WRONG = """
SELECT orders.number, orders.paid_amount - orders.refunded_amount AS kept, due.amount AS due
FROM ladder_final AS final JOIN participation AS one ON one.campaign = final.campaign AND one.taken_at IS NOT NULL
JOIN orders ON orders.id = one.order_id
CROSS JOIN LATERAL (SELECT CASE final.outcome WHEN 'failed' THEN 0 ELSE
    sum(line.quantity * (final.prices ->> line.variant::text)::bigint) END AS amount
    FROM order_line AS line WHERE line.order_id = orders.id) AS due
WHERE orders.paid_amount - orders.refunded_amount <> due.amount
"""

LIFE = Life(
    files=flows("settle_ladder", "run_campaign"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
)  # fmt: skip
