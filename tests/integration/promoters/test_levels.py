"""Levels of promoters, and since when each has which."""

from __future__ import annotations

import pytest

import tenants
from app import promoters
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from app.promoters import Level
from tenants import Tenant
from tests import builders_earning as build


async def _level(name: str, rank: int, from_net_amount: int) -> Level:
    level = Level(id=new_id(), name=name, rank=rank, from_net_amount=from_net_amount)
    async with tenants.transaction():
        await promoters.save_level(level)
    return level


async def test_sales_reach_the_best_level_they_are_enough_for(shop: Tenant) -> None:
    silver, gold = await _level("Silver", 1, 100_00), await _level("Gold", 2, 500_00)

    async with tenants.transaction():
        ladder = await promoters.levels()

    assert ladder == [silver, gold]
    reached = [promoters.level_for(amount, ladder) for amount in (99_99, 100_00, 499_99, 500_00)]
    assert reached == [None, silver, silver, gold]


async def test_a_level_is_known_for_any_time_and_given_once(shop: Tenant) -> None:
    silver, gold = await _level("Silver", 1, 100_00), await _level("Gold", 2, 500_00)
    host = await build.promoter()
    async with tenants.transaction():
        assert await promoters.set_level(host.id, silver.id, actor="rules", net_amount=120_00)
        assert not await promoters.set_level(host.id, silver.id, actor="rules", net_amount=130_00)
    moment = now()
    async with tenants.transaction():
        await promoters.set_level(host.id, gold.id, actor="Su He", reason="best host of the year")

    async with tenants.transaction():
        assert await promoters.level_at(host.id, moment) == silver.id
        assert (await promoters.find(host.id)).level == gold.id
        told = [(one.level, one.net_amount, one.actor) for one in await promoters.level_changes(host.id)]
    assert told == [("Gold", None, "Su He"), ("Silver", 120_00, "rules")]


async def test_two_levels_of_one_rank_and_a_level_in_use_are_refused(shop: Tenant) -> None:
    silver = await _level("Silver", 1, 100_00)
    host = await build.promoter()
    async with tenants.transaction():
        await promoters.set_level(host.id, silver.id, actor="rules")

    with pytest.raises(InvalidInput):
        await _level("Bronze", 1, 0)
    with pytest.raises(InvalidInput):
        async with tenants.transaction():
            await promoters.remove_level(silver.id)


async def test_a_level_of_another_store_is_nobodys_here(shop: Tenant, other_shop: Tenant) -> None:
    silver = await _level("Silver", 1, 100_00)
    with tenants.bind(other_shop):
        theirs = await build.promoter()
        async with tenants.transaction():
            assert await promoters.levels() == []

    with pytest.raises(NotFound):
        async with tenants.transaction():
            await promoters.set_level(theirs.id, silver.id, actor="Su He")
