"""The life of what leaders hand out: a community buy's cut-off, its batch at a point, its codes, and a list.

Payments are those of the sandbox. The warehouse's part is told in one word: what was confirmed has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import tenants
from app import orders, pickups
from app.flows import hand_out
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.run_campaign import close_campaign, settle_campaign
from app.flows.start_payment import start_payment
from app.group_buying import Campaign
from app.pickups import Point
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_pickups as points
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import chains as list_life
from tests.faults.lives import money
from tests.faults.stage import register_payments
from workers.group_buying import look_after_campaigns
from workers.pickups import look_after_pickups


@dataclass(frozen=True, slots=True)
class Made:
    """A community buy with three paid orders at a point, and a list with one."""

    point: Point
    buy: Campaign
    ordered: tuple[UUID, ...]
    chain: Campaign
    listed: UUID


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    point, buy = await points.point(), await points.community()
    ordered = [await _paid(buy, point) for _ in range(3)]
    chain = await chains.chain(terms={"delivery": "pickup", "place": "Gate 3"})
    return Made(point, buy, tuple(ordered), chain, await _paid(chain))


async def _paid(of: Campaign, at: Point | None = None) -> UUID:
    placed = await campaigns.join(of, choices={"point": str(at.id)} if at else {})
    await money.choose((await start_payment(placed.order_id, "sandbox", money.PAGE)).url, "pay")
    await money.ask_and_work()
    return placed.order_id


async def live(made: Made) -> None:
    leader, (first, second, third) = made.point.leader, made.ordered
    await campaigns.end(made.buy.id)
    await close_campaign(made.buy.id)
    await settle_campaign(made.buy.id)
    await money.ask_and_work()
    await _sent(made)
    async with tenants.transaction():
        (batch,) = await pickups.batches_of_leader(leader)
        code = (await pickups.find(first)).code
    await hand_out.note_arrival(leader, batch.id)
    await hand_out.remind_batch(leader, batch.id)
    await hand_out.look_up(leader, code)
    await hand_out.hand_out(leader, code)
    await hand_out.take_back(leader, first)
    await hand_out.hand_out(leader, code)
    await hand_out.hand_out_by_store(second, actor="owner")
    await _age(timedelta(days=9), "arrived_at")
    await hand_out.lapse_pickup(third)
    await _from_the_list(made)
    await _age(timedelta(minutes=11), "collected_at")
    for order_id in (first, second, made.listed):
        await hand_out.complete_pickup(order_id)
    await money.ask_and_work()


async def _from_the_list(made: Made) -> None:
    await plan_fulfillment(made.listed)
    assert made.chain.leader is not None
    await hand_out.hand_out_of_list(made.chain.leader, made.chain.id, made.listed)


async def _sent(made: Made) -> None:
    """What the warehouse would tell of each order by and by."""
    for order_id in made.ordered:
        async with tenants.transaction():
            await orders.move(order_id, "fulfillment_status", "fulfilled", cause="parcel_shipped")


async def _age(by: timedelta, column: str) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(f"UPDATE pickup SET {column} = {column} - $1::interval", by)


async def mend() -> None:
    """Whatever should have happened by the clock is asked for; what is handed out counts when its time has come."""
    await look_after_campaigns()
    await money.mend()
    await look_after_campaigns()
    await money.mend()
    await list_life.complete_hand_outs()
    await look_after_pickups()
    await jobs.make_everything_due()
    await money.ask_and_work()


async def disagreements() -> list[str]:
    """What a list's life finds, campaigns that are over and not settled, and orders that nobody decided."""
    found = await list_life.disagreements()
    async with tenants.transaction():
        rows = await tenants.connection().fetch(LEFT)
    return found + [f"left: {row['what']}" for row in rows]


LEFT = """
SELECT 'campaign ' || title AS what FROM campaign WHERE status = 'closed'
UNION ALL SELECT 'order ' || one.order_id FROM participation AS one JOIN campaign ON campaign.id = one.campaign
    WHERE one.status = 'taken' AND campaign.status = 'settled'
UNION ALL SELECT 'pickup ' || pickup.order_id FROM pickup JOIN orders ON orders.id = pickup.order_id
    WHERE pickup.status = 'collected' AND orders.fulfillment_status <> 'unfulfilled' AND pickup.completed_at IS NULL
"""

LIFE = Life(
    files=flows("hand_out", "end_participation"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
)  # fmt: skip
