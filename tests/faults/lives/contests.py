"""The life of contests: drafted, opened, closed, counted, paid, and a part of a prize taken back; and one called off.

Two people are paid, so that somebody may die between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import contests, ledger, promoters
from app.flows.award_prizes import pay_prizes, take_back_prize
from app.flows.merchant_acts import Actor
from app.flows.run_contest import cancel_contest, close_contest, open_contest, save_contest, settle_contest
from app.kernel.clock import now
from app.ledger import Account, Leg
from tests import builders_contests as build
from tests import builders_earning as earning
from tests import builders_payouts as payouts
from tests.faults import jobs
from tests.faults.life import Life, flows
from workers.contests import look_after_contests

ELSEWHERE = ("payments.", "fulfillment.", "attribution.", "commissions.")
SU_HE = Actor(UUID(int=7), "Su He")


@dataclass(frozen=True, slots=True)
class Made:
    """Two who sell, and what they sold is settled."""

    first: UUID
    second: UUID


async def prepare() -> Made:
    await payouts.terms()
    hosts = [await earning.promoter(name=name) for name in ("Xiaoya", "Ajie")]
    for host, amount in zip(hosts, (10_000, 8_000), strict=True):
        order = await payouts.sold(host, amount)
        async with tenants.transaction():
            paid = Leg(Account("psp_clearing"), Account("merchant_sales"), amount, "CNY")
            await ledger.post("sale", order, [paid], order_id=order)
    return Made(*(host.id for host in hosts))


async def live(made: Made) -> None:
    async with tenants.transaction():
        hosts = [await promoters.find(each) for each in (made.first, made.second)]
    unwanted = await save_contest(None, build.draft(*hosts), by="Su He")
    await open_contest(unwanted, by="Su He")
    await cancel_contest(unwanted, words="Too early.", by="Su He")
    contest = await save_contest(None, build.draft(*hosts, prizes=[5_000, 2_000]), by="Su He")
    await open_contest(contest, by="Su He")
    await close_contest(contest, by="Su He")
    await settle_contest(contest)
    await pay_prizes(contest)
    async with tenants.transaction():
        award = (await contests.awards_of(contest))[0]
    await take_back_prize(award.id, 1_000, reason="Her own order.", by=SU_HE)


async def mend() -> None:
    """The clock looks at every contest until nothing is left to do; those still open are over by now."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE contest SET ends_at = $1 WHERE status = 'open'", now())
    for _ in range(3):
        await look_after_contests()
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


async def disagreements() -> list[str]:
    """No contest lies between two steps, and every winner has the prize once, less what was taken back."""
    found = await jobs.undone(*ELSEWHERE)
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id, status FROM contest WHERE status <> 'draft'")
        won = await tenants.connection().fetch(
            "SELECT promoter, sum(amount - corrected_amount)::bigint AS amount FROM contest_award GROUP BY promoter"
        )
    found += [
        f"{row['id']}: left lying as {row['status']}" for row in rows if row["status"] not in ("paid", "canceled")
    ]
    for row in won:
        async with tenants.transaction():
            promoter = await promoters.find(row["promoter"])
        purse = await payouts.purse(promoter)
        if purse["available"] != row["amount"]:
            found.append(f"{promoter.name}: won {row['amount']}, has {purse['available']}")
    return found


LIFE = Life(
    files=flows("run_contest", "award_prizes"), prepare=prepare, live=live, mend=mend, disagreements=disagreements
)
