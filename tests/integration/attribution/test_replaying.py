"""A past period decided again: history under its own policy, and who gains and loses under another."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

import tenants
from app import attribution
from app import orders as orders_room
from app.attribution import FULL, Compared, Policy
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import fold_clicks
from app.flows.replay_orders import ask_for_replay, decide_again, recorded, replay_orders
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build

PERIOD = (build.days_ago(60), now() + timedelta(days=1))


async def _replayed(draft: Policy) -> dict[str, Compared]:
    made = await ask_for_replay(draft, None, *PERIOD, by="Su He")
    await replay_orders(made)
    await replay_orders(made)
    async with tenants.transaction():
        replay = await attribution.find_replay(made)
    assert (replay.status, replay.done) == ("ready", replay.total)
    return replay.result


async def _evening(seed: random.Random, *, shoppers: int = 6) -> list[UUID]:
    """Shoppers come through links, rooms, coupons and codes, and order now and then."""
    hosts = [
        await build.promoter(name=f"Host {number}", rate_bps=rate) for number, rate in enumerate((500, 1000, 1500))
    ]
    room = await build.session(hosts[0])
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE live_session SET started_at = $1", build.days_ago(40))
    links = [await build.link(host) for host in hosts] + [await build.link(hosts[0], session=room)]
    coupon, placed = await policies.coupon_of(hosts[2]), []
    for _ in range(shoppers):
        visitor = new_id()
        for day in sorted((seed.uniform(0.01, 35) for _ in range(seed.randint(0, 6))), reverse=True):
            await build.click(seed.choice(links), visitor=visitor, at=build.days_ago(day))
        for day in sorted((seed.uniform(0, 30) for _ in range(seed.randint(1, 2))), reverse=True):
            order = await build.order(visitor=visitor, goods=(seed.randint(1, 9_999),), placed_at=build.days_ago(day))
            if seed.random() < 0.3:
                await policies.use_coupon(coupon, order)
            await build.mark_paid(order)
            placed.append(order)
    await fold_clicks()
    for order in placed:
        await decide_attribution(order)
        await finalize_attribution(order)
    return placed


@pytest.mark.parametrize(
    "facts",
    [
        {"rungs": ("last_click",)},
        {},
        {"snatch_policy": "anytime", "rungs": ("binding", "coupon", "last_click", "unbacked_coupon")},
    ],
)
async def test_replaying_under_the_same_policy_is_history(shop: Tenant, facts: dict[str, Any]) -> None:
    policy = await policies.policy(**facts)
    orders = await _evening(random.Random(str(facts)))

    result = await _replayed(policy)

    async with tenants.transaction():
        versions = await attribution.policies()
        for order_id in orders:
            order = await orders_room.find(order_id)
            for kept in await attribution.kept_of(order_id):
                verdict, shares = await decide_again(order, kept, policy, None, versions)
                assert (verdict.winner, verdict.rung, shares) == (kept.winner, kept.rung, recorded(kept))
    assert all(one.before == one.after for one in result.values())
    assert sum(one.before.orders for one in result.values()) == len(orders)


async def test_the_touches_played_again_give_the_bindings_there_were(shop: Tenant) -> None:
    """A policy that differs only in a window bound nobody uses is played from the touches, and ends the same."""
    policy = await policies.policy(snatch_policy="anytime", rungs=("binding", "last_click"))
    await _evening(random.Random(5), shoppers=10)

    result = await _replayed(msgspec.structs.replace(policy, live_order_lock_days=36))

    assert all(one.before == one.after for one in result.values())


async def test_under_another_policy_one_gains_what_the_other_loses(shop: Tenant) -> None:
    visitor = new_id()
    first, last = await build.promoter(name="First", rate_bps=1000), await build.promoter(name="Last", rate_bps=2000)
    await build.click(await build.link(first), visitor=visitor, at=build.days_ago(3))
    await build.click(await build.link(last), visitor=visitor, at=build.days_ago(2))
    order = await build.order(visitor=visitor, goods=(10_000,), placed_at=build.days_ago(1))
    await fold_clicks()
    await decide_attribution(order)
    before = await _rows()

    result = await _replayed(msgspec.structs.replace(FULL, snatch_policy="never"))

    told = {key: (one.before.orders, one.after.orders, one.difference_amount) for key, one in result.items()}
    assert told == {str(first.id): (0, 1, 1_000), str(last.id): (1, 0, -2_000)}
    assert await _rows() == before


async def _rows() -> list[object]:
    async with tenants.transaction():
        database = tenants.connection()
        counts = [
            await database.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("attribution_decision", "commission_line", "binding", "binding_step", "touch")
        ]
    return counts


async def test_a_period_of_another_store_has_none_of_these_orders(shop: Tenant, other_shop: Tenant) -> None:
    await _evening(random.Random(1), shoppers=2)

    with tenants.bind(other_shop):
        assert await _replayed(FULL) == {}
