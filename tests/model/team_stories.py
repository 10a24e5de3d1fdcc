"""Stories of one team campaign: people open teams, join, pay, are late and leave, and clock and merchant end things.

A story is a row of bursts; the steps of a burst happen at the same time, so that they meet each other's locks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

import tenants
from app import orders
from app.flows.cancel_order import cancel_order
from app.flows.end_team import close_team, complete_team, expire_team
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import Placed
from app.flows.run_campaign import close_campaign, settle_campaign, unpublish_campaign
from app.group_buying import Campaign, Team
from app.kernel.errors import Refusal
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.faults import jobs
from tests.model.stage import Stage

PEOPLE = 9
PICK = st.integers(0, 9)
DEEDS = (
    "open",
    "join",
    "join",
    "join",
    "pay",
    "pay",
    "pay",
    "leave",
    "miss",
    "expire",
    "complete",
    "end",
    "work",
    "stop",
)
STEP = st.tuples(st.sampled_from(DEEDS), PICK, PICK, st.booleans())
RULES = st.fixed_dictionaries({
    "people": st.integers(2, 3), "at_close": st.sampled_from(("run_out", "fail")), "completes_itself": st.booleans(),
    "quota": st.sampled_from((None, 6)), "leader_benefit": st.sampled_from(("none", "price", "reward")),
})  # fmt: skip
STORY = st.lists(st.lists(STEP, min_size=2, max_size=5), min_size=5, max_size=12)
ELSEWHERE = ("fulfillment.", "payments.", "attribution.", "messaging.")


@dataclass
class Story:
    stage: Stage
    offer: Campaign
    placed: list[Placed] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)

    async def tell(self, bursts: list[list[Any]]) -> None:
        """It begins with two open teams, each with somebody who is about to pay."""
        for who in (7, 8):
            self._note(await campaigns.join_and_pay(self.offer, phone=_phone(who)))
            self.teams.append(await teams.team_of(self.placed[-1].order_id))
            self._note(await teams.join(self.offer, self.teams[-1], may_move=True, phone=_phone(who - 2)))
        for burst in bursts:
            paid: set[int] = set()
            deeds = []
            for deed, who, which, flag in burst:
                if deed == "pay" and self.placed:
                    if who % len(self.placed) in paid:
                        continue
                    paid.add(who % len(self.placed))
                deeds.append(self._do(deed, who, which, flag))
            await asyncio.gather(*deeds)
            found = (await self.stage.look())[1]
            assert found == [], (burst, found)
        await self._finish()

    async def _do(self, deed: str, who: int, which: int, flag: bool) -> None:
        """A refusal is an answer; anything else is not."""
        act: Callable[[int, int, bool], Awaitable[None]] = getattr(self, f"_{deed}")
        try:
            await act(who, which, flag)
        except Refusal:
            return

    async def _open(self, who: int, which: int, flag: bool) -> None:
        self._note(await campaigns.join(self.offer, phone=_phone(who)))
        self.teams.append(await teams.team_of(self.placed[-1].order_id))

    async def _join(self, who: int, which: int, flag: bool) -> None:
        if self.teams:
            team = self.teams[which % len(self.teams)]
            self._note(await teams.join(self.offer, team, may_move=flag, phone=_phone(who)))

    def _note(self, placed: Placed) -> None:
        self.placed.append(placed)

    async def _pay(self, who: int, which: int, flag: bool) -> None:
        if not self.placed:
            return
        placed = self.placed[who % len(self.placed)]
        async with tenants.transaction():
            order = await orders.find(placed.order_id)
        if order.awaits_payment or (flag and not order.is_paid and order.due_amount):
            await campaigns.pay(placed)

    async def _leave(self, who: int, which: int, flag: bool) -> None:
        if self.placed:
            await cancel_order(self.placed[who % len(self.placed)].order_id, actor="shopper")

    async def _miss(self, who: int, which: int, flag: bool) -> None:
        """The time to pay is over."""
        if self.placed:
            order_id = self.placed[who % len(self.placed)].order_id
            async with tenants.transaction():
                waits = (await orders.find(order_id)).awaits_payment
            if waits:
                await selling.run_out_of_time(order_id)
                await expire_reservation(order_id, None)

    async def _expire(self, who: int, which: int, flag: bool) -> None:
        if self.teams:
            team = self.teams[which % len(self.teams)]
            await teams.run_out(team)
            if flag:
                await expire_team(team.id)

    async def _complete(self, who: int, which: int, flag: bool) -> None:
        if self.teams:
            await complete_team(self.offer.id, self.teams[which % len(self.teams)].id, actor="owner")

    async def _end(self, who: int = 0, which: int = 0, flag: bool = False) -> None:
        if self.teams:
            await close_team(self.offer.id, self.teams[which % len(self.teams)].id, actor="owner")

    async def _work(self, who: int, which: int, flag: bool) -> None:
        await jobs.work(*ELSEWHERE)

    async def _stop(self, who: int, which: int, flag: bool) -> None:
        """The merchant ends it early, or its time is over."""
        if flag and who == 0:
            await unpublish_campaign(self.offer.id, actor="owner")
        elif who == 1:
            await campaigns.end(self.offer.id)
            await close_campaign(self.offer.id)

    async def _finish(self) -> None:
        """Time passes until nothing is left to happen; then nobody is stuck and everybody's money is somewhere."""
        await jobs.work(*ELSEWHERE)
        for placed in self.placed:
            await self._do("miss", self.placed.index(placed), 0, False)
        for team in self.teams:
            await teams.run_out(team)
            await expire_team(team.id)
        await jobs.work(*ELSEWHERE)
        await campaigns.end(self.offer.id)
        await close_campaign(self.offer.id)
        await jobs.work(*ELSEWHERE)
        assert await settle_campaign(self.offer.id)
        async with tenants.transaction():
            stuck = await tenants.connection().fetch(STUCK)
        assert [dict(row) for row in stuck] == []
        assert (await self.stage.look())[1] == []


# Whoever is neither sent the goods nor given everything back, and teams that are not over.
STUCK = """
SELECT orders.number AS what, one.status AS place, orders.status FROM participation AS one
JOIN orders ON orders.id = one.order_id
LEFT JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM refund
    WHERE refund.order_id = orders.id AND refund.reason <> 'late_payment') AS back ON true
WHERE one.status NOT IN ('confirmed', 'released')
    OR (one.status = 'confirmed') <> (orders.status = 'placed')
    OR (one.status = 'released' AND back.amount <> orders.paid_amount)
UNION ALL SELECT code, status, reason FROM team_group WHERE status = 'forming'
"""


def _phone(who: int) -> str:
    return f"1391111000{who % PEOPLE}"
