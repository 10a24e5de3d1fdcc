"""The life of demand tests: looked at and wanted, given more time, and decided for, against, and before their time.

Whoever paid a deposit is asked for the rest. Payments are found by asking the sandbox, as in the life of money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app.flows.run_campaign import close_campaign, unpublish_campaign
from app.flows.run_demand_test import count_look, say_i_want_it, turn_into
from app.flows.start_payment import start_payment
from app.group_buying import Campaign
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.lives.ladder import another_one
from tests.faults.stage import register_payments
from workers.group_buying import look_after_campaigns
from workers.presale import look_after_presales

PRICE, DEPOSIT = 5000, 1000


@dataclass(frozen=True, slots=True)
class Made:
    """Tests that are wanted enough (by deposit, and paid in full), are not, need more time, and are stopped."""

    wanted: UUID
    in_full: UUID
    unwanted: UUID
    unclear: UUID
    stopped: UUID


async def prepare() -> Made:
    await register_payments(tenants.current(), money.QUIET)
    wanted: dict[str, Any] = {"target": 1, "metric": "intents"}
    others = ({"target": 900}, {"target": 1, "extensions": 1}, {"target": 1})
    return Made(*[(await _campaign(each)).id for each in (wanted, wanted | {"deposits": {}}, *others)])


async def _campaign(rules: Mapping[str, Any]) -> Campaign:
    goods = await selling.offer(price=6000, stock=100)
    terms = {"deposits": {str(goods.variant): DEPOSIT}, "extensions": 0} | dict(rules)
    return await campaigns.campaign(goods, kind="demand_test", title="Do you want plums?", price=PRICE, terms=terms)


async def live(made: Made) -> None:
    wanted = await campaigns.look(made.wanted)
    await count_look(wanted, "somebody", "Firefox")
    for each in (wanted, await campaigns.look(made.in_full)):
        for _ in range(8):
            await say_i_want_it(each.code, new_id())
    await _deposit(await campaigns.look(made.in_full))
    balance, lapses = await _deposit(wanted), await _deposit(wanted)
    await _deposit(await campaigns.look(made.unwanted))
    await _deposit(await campaigns.look(made.unclear))
    await _deposit(await campaigns.look(made.stopped))
    await unpublish_campaign(made.stopped, actor="owner", reason="The grower is gone")
    for one in (made.wanted, made.in_full, made.unwanted, made.unclear):
        await _over(one)
    await jobs.make_everything_due(except_kind="payments.expire_order")
    await money.ask_and_work()
    await _pay(balance)
    await money.ask_and_work()
    await selling.run_out_of_time(lapses)
    await jobs.make_everything_due()
    await money.ask_and_work()
    await turn_into(made.wanted, "presale", actor="owner")
    await another_one(made.wanted)


async def _deposit(of: Campaign) -> UUID:
    """What is asked for before the verdict, paid and known to be."""
    placed = await campaigns.join(of)
    await _pay(placed.order_id)
    await money.ask_and_work()
    return placed.order_id


async def _pay(order_id: UUID) -> None:
    await money.choose((await start_payment(order_id, "sandbox", money.PAGE)).url, "pay")


async def _over(campaign_id: UUID) -> None:
    """Its time is over, after as long as it was to take."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET opened_at = opened_at - (ends_at - $2::timestamptz), ends_at = $2 WHERE id = $1",
            campaign_id, now() - timedelta(seconds=1),
        )  # fmt: skip
    await close_campaign(campaign_id)


async def mend() -> None:
    """What the clock does: every test ends, lost jobs are asked for again, and balances run out."""
    for _ in range(2):
        await _every_test_ends()
        await look_after_campaigns()
        await money.mend()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET expires_at = now() - interval '1 second' WHERE payment_status = 'partially_paid'"
        )
        await tenants.connection().execute(
            "UPDATE presale_order SET due_at = now() - interval '1 second', opens_at = now() - interval '1 day'"
            " WHERE status IN ('deposit_paid', 'balance_open')"
        )
    await look_after_presales()
    await money.mend()
    await look_after_campaigns()
    await money.mend()


async def _every_test_ends() -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET starts_at = NULL, ends_at = now() - interval '1 second'"
            " WHERE status = 'open' AND kind = 'demand_test'"
        )


async def disagreements() -> list[str]:
    """What money's life finds; tests without a verdict, and people who were not told once what it was."""
    found = await money.disagreements()
    async with tenants.transaction():
        rows = await tenants.connection().fetch(WRONG)
    return found + [f"{row['title']} {row['status']}: {row['number']} told {row['told']}" for row in rows]


WRONG = """
SELECT campaign.title, campaign.status, orders.number, told.times AS told FROM campaign
LEFT JOIN demand_test AS test ON test.campaign = campaign.id
LEFT JOIN participation AS one ON one.campaign = campaign.id AND one.taken_at IS NOT NULL
LEFT JOIN orders ON orders.id = one.order_id
LEFT JOIN LATERAL (SELECT count(*) AS times FROM message WHERE message.order_id = orders.id
    AND message.kind IN ('demand.go', 'demand.balance', 'demand.no_go', 'demand.stopped')) AS told ON true
WHERE campaign.kind = 'demand_test' AND campaign.status NOT IN ('draft', 'scheduled')
    AND (coalesce(test.verdict, '') = '' OR campaign.status <> 'settled' OR (orders.id IS NOT NULL AND told.times <> 1))
"""

LIFE = Life(
    files=flows("run_demand_test", "run_campaign", "end_participation", "cancel_order"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
    calls=frozenset({"provider"}),
)  # fmt: skip
