"""The life of a list: copied, joined, paid, called off and planned, and the same in a copy that shares its units.

Payments are those of the sandbox, found by asking; no warehouse is asked, because the leaders hand out.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.flows.cancel_order import cancel_order
from app.flows.copy_campaign import copy_campaign
from app.flows.hand_out import hand_out_of_list
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.start_payment import start_payment
from app.group_buying import Campaign
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments
from workers.pickups import look_after_pickups


@dataclass(frozen=True, slots=True)
class Made:
    """A list with a copy, and a leader who has not copied it yet."""

    supply: Campaign
    copy: Campaign
    late: UUID


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    supply = await chains.chain(quota=9, terms={"delivery": "pickup", "place": "Gate 3"})
    copy = await chains.copy(supply)
    return Made(supply, copy, (await chains.leader("Wu")).id)


async def live(made: Made) -> None:
    await copy_campaign(made.supply.id, made.late, {}, title="", share_text="", actor="Wu")
    own, helped, fallen = [await _paid(each) for each in (made.supply, made.copy, made.copy)]
    unpaid = await campaigns.join(made.copy)
    for order_id in (fallen, unpaid.order_id):
        await cancel_order(order_id, actor="shopper")
    for order_id, of in ((own, made.supply), (helped, made.copy)):
        await plan_fulfillment(order_id)
        assert of.leader is not None
        await hand_out_of_list(of.leader, of.id, order_id)
    await money.ask_and_work()


async def _paid(of: Campaign) -> UUID:
    placed = await campaigns.join(of)
    await money.choose((await start_payment(placed.order_id, "sandbox", money.PAGE)).url, "pay")
    await money.ask_and_work()
    return placed.order_id


async def mend() -> None:
    """What money's life does; what is paid is planned, and what is handed out is delivered when its time has come."""
    await money.mend()
    await complete_hand_outs()


async def complete_hand_outs() -> None:
    async with tenants.transaction():
        database = tenants.connection()
        paid = await database.fetch("SELECT id FROM orders WHERE status = 'placed' AND paid_at IS NOT NULL")
        await database.execute("UPDATE pickup SET collected_at = collected_at - interval '11 minutes'")
    for row in paid:
        await plan_fulfillment(row["id"])
    await look_after_pickups()
    await jobs.make_everything_due()
    await money.ask_and_work()


async def disagreements() -> list[str]:
    """What money's life finds, and orders that were handed out and are not delivered."""
    found = await money.disagreements()
    async with tenants.transaction():
        rows = await tenants.connection().fetch(LEFT)
    return found + [f"handed out and {row['fulfillment_status']}: {row['number']}" for row in rows]


LEFT = """
SELECT orders.number, orders.fulfillment_status FROM pickup JOIN orders ON orders.id = pickup.order_id
WHERE pickup.point IS NULL AND pickup.status = 'collected' AND orders.fulfillment_status <> 'delivered'
"""

LIFE = Life(
    files=flows("copy_campaign", "join_campaign", "place_order", "cancel_order", "plan_fulfillment", "settle_payment"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
)  # fmt: skip
