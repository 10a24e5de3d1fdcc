"""The life of pre-sales: deposits and balances are paid, left, forfeited and paid too late; days move, goods arrive,
and one is called off. Payments are found by asking the sandbox, as in the life of money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import tenants
from app.flows.cancel_order import cancel_order
from app.flows.run_presale import call_off, goods_are_there, move_day, open_balance, remind
from app.flows.start_payment import start_payment
from app.group_buying import Campaign
from app.kernel.clock import now
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import money
from tests.faults.stage import register_payments
from workers.presale import look_after_presales


@dataclass(frozen=True, slots=True)
class Made:
    plums: UUID
    pears: UUID


async def prepare() -> Made:
    plums, pears = await presales.presale_campaign(), await presales.presale_campaign()
    await register_payments(tenants.current(), money.QUIET)
    return Made(plums.id, pears.id)


async def live(made: Made) -> None:
    """Seven orders, each of which ends another way."""
    plums, pears = await campaigns.look(made.plums), await campaigns.look(made.pears)
    sent = await _deposit(plums)
    await _balance(sent)
    await money.ask_and_work()
    await move_day(made.plums, now() + timedelta(days=30), reason="Late frost", actor="owner")
    await jobs.work(money.ELSEWHERE)
    await _let_run_out(await _deposit(plums))
    await _paid_in_the_last_moment(await _deposit(plums))
    await cancel_order(await _deposit(plums), actor="shopper")
    await _paid_too_late(await _deposit(plums))
    await goods_are_there(made.plums, actor="owner")
    await jobs.work(money.ELSEWHERE)
    await _deposit(pears)
    await call_off(made.pears, reason="No pears this year", actor="owner")
    await money.ask_and_work()


async def _deposit(of: Campaign) -> UUID:
    placed = await campaigns.join(of)
    await _pay(placed.order_id)
    await money.ask_and_work()
    return placed.order_id


async def _pay(order_id: UUID) -> None:
    await money.choose((await start_payment(order_id, "sandbox", money.PAGE)).url, "pay")


async def _balance(order_id: UUID) -> None:
    await presales.window_opens(order_id)
    await open_balance(order_id)
    await _pay(order_id)


async def _let_run_out(order_id: UUID) -> None:
    await presales.window_opens(order_id)
    await remind(order_id)
    await start_payment(order_id, "sandbox", money.PAGE)  # begun, and never paid
    await _time_is_over(order_id)


async def _paid_in_the_last_moment(order_id: UUID) -> None:
    await _balance(order_id)
    await _time_is_over(order_id)


async def _time_is_over(order_id: UUID) -> None:
    await selling.run_out_of_time(order_id)
    await jobs.make_everything_due()
    await money.ask_and_work()


async def _paid_too_late(order_id: UUID) -> None:
    """Paid over there, not known here, and called off in between: the deposit stays, the balance goes back."""
    await _balance(order_id)
    await cancel_order(order_id, actor="shopper")
    await money.reopen_for_asking(order_id)
    await money.ask_and_work()


async def mend() -> None:
    """What the clock does: lost jobs are asked for again, balances open and run out, and the day of shipping comes."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET balance_from = now() - interval '1 second' WHERE balance_from IS NOT NULL"
        )
        await tenants.connection().execute(
            "UPDATE presale_order SET opens_at = now() - interval '1 second' WHERE opens_at IS NOT NULL"
        )
    await look_after_presales()
    await money.mend()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE presale_order SET ships_at = now() - interval '1 second'")
    await look_after_presales()
    for _ in range(3):
        await jobs.make_everything_due()
        await jobs.work(money.ELSEWHERE)


async def disagreements() -> list[str]:
    async with tenants.transaction():
        stuck = await tenants.connection().fetch(
            "SELECT order_id, status FROM presale_order WHERE status NOT IN ('confirmed', 'closed')"
        )
    return await money.disagreements() + [f"pre-sale stuck: {dict(row)}" for row in stuck]


LIFE = Life(
    files=flows("run_presale", "settle_payment", "expire_reservation", "cancel_order"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=money.around,
    calls=frozenset({"provider"}),
)  # fmt: skip
