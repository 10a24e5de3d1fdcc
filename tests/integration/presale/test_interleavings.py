"""Whatever happens to a pre-sale order in whatever order, and at once: the money is where its state says."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest

import tenants
from app import payments, presale
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import Placed
from app.flows.run_presale import confirm_presale, move_day_of, open_balance, remind
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.kernel.errors import Refusal
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.invariants import check

Act = Callable[[], Awaitable[object]]


class Story:
    """One order, and everything that can happen to it."""

    def __init__(self, placed: Placed, dice: random.Random) -> None:
        self.placed, self.dice = placed, dice
        self.begun: list[payments.Payment] = []
        self.acts: list[Act] = [
            self.begin, self.begin, self.notice, self.notice, self.notice, self.window, self.opened, self.reminded,
            self.leave, self.drop, self.run_out, self.moved, self.day,
        ]  # fmt: skip

    async def begin(self) -> None:
        """The shopper goes to pay what is asked for now."""
        if (await presales.order(self.placed.order_id)).awaits_payment:
            self.begun.append(await selling.open_payment(self.placed.order_id))

    async def notice(self) -> None:
        """The provider tells of a payment: for the first time, again, or too late."""
        if self.begun:
            paid = self.dice.choice(self.begun)
            await settle_payment(selling.notice(selling.captured(paid)), body="{}")

    async def window(self) -> None:
        await presales.window_opens(self.placed.order_id)

    async def opened(self) -> None:
        await open_balance(self.placed.order_id)

    async def reminded(self) -> None:
        await remind(self.placed.order_id)

    async def leave(self) -> None:
        await cancel_order(self.placed.order_id, actor="shopper")

    async def drop(self) -> None:
        await cancel_order(self.placed.order_id, actor="owner@example.test", cause="canceled_by_merchant")

    async def run_out(self) -> None:
        await expire_reservation(self.placed.order_id, None)

    async def moved(self) -> None:
        await move_day_of(self.placed.order_id, now() + timedelta(days=self.dice.randint(5, 40)), reason="frost")

    async def day(self) -> None:
        await presales.day_comes(self.placed.order_id)
        await confirm_presale(self.placed.order_id)

    async def end(self) -> None:
        """Time goes on: what is due runs out, what is paid is sent."""
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE orders SET expires_at = $2 WHERE id = $1 AND expires_at IS NOT NULL", self.placed.order_id,
                now() - timedelta(minutes=1),
            )  # fmt: skip
        await self.window()
        await self.run_out()
        await self.day()


async def _try(act: Act) -> None:
    with suppress(Refusal):
        await act()


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_of_what_can_happen_leaves_the_money_where_the_state_says(shop: Tenant, seed: int) -> None:
    dice = random.Random(seed)
    goods = await selling.offer(price=12000, stock=4)
    plums = await presales.presale_campaign(goods, quota=4, forfeits=dice.random() < 0.6)
    story = Story(await campaigns.join(plums, units=2), dice)

    for _ in range(10):
        await _try(dice.choice(story.acts))
        item = await campaigns.item(plums.id)
        assert item.held + item.taken in (0, 2)
    await check(shop)
    await story.end()

    await check(shop)
    mine, item = await presales.mine(story.placed.order_id), await campaigns.item(plums.id)
    stock = await selling.stock_of(goods)
    kept = 2 if mine.status == "confirmed" else 0
    assert mine.is_over
    assert (item.taken, item.held) == (kept, 0)
    assert stock["reserved"] + stock["allocated"] == kept


@pytest.mark.parametrize("seed", range(4))
async def test_everything_at_once_leaves_the_money_where_the_state_says(shop: Tenant, seed: int) -> None:
    """A balance arrives while its time runs out and the shopper leaves: one of them comes first."""
    dice = random.Random(seed)
    plums = await presales.presale_campaign(forfeits=seed % 2 == 0)
    story = Story(await campaigns.join_and_pay(plums), dice)
    await story.window()
    await story.begin()
    await story.begin()
    await selling.run_out_of_time(story.placed.order_id)
    rush = [story.notice, story.notice, story.run_out, story.leave, story.opened, story.reminded]
    dice.shuffle(rush)

    await asyncio.gather(*(_try(act) for act in rush))
    await story.end()

    await check(shop)
    async with tenants.transaction():
        states = await presale.count_states(plums.id)
    assert [state.status for state in states] in (["confirmed"], ["closed"])
