"""Who stands above whom in a store: shallow, without circles, and known for any time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

import tenants
from app import promoters
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from app.promoters import PromoterPolicy
from tenants import Tenant
from tests import builders_earning as build
from tests.invariants import check


async def _people(count: int) -> list[UUID]:
    return [(await build.promoter()).id for _ in range(count)]


async def _move(who: UUID, parent: UUID | None, reason: str = "she trained him") -> None:
    async with tenants.transaction():
        await promoters.move(who, parent, actor="Su He", reason=reason)


async def _above(who: UUID) -> Sequence[UUID]:
    async with tenants.transaction():
        return await promoters.uplines_of(who)


async def _allow(steps: int) -> None:
    async with tenants.transaction():
        await promoters.save_policy(PromoterPolicy(lineage_depth=steps))


async def test_the_parent_comes_first_and_whoever_is_above_after(shop: Tenant) -> None:
    top, middle, low = await _people(3)

    await _move(middle, top)
    await _move(low, middle)

    assert (await _above(low), await _above(middle), await _above(top)) == ([middle, top], [top], [])


async def test_nobody_stands_above_themselves_however_many_are_between(shop: Tenant) -> None:
    a, b, c = await _people(3)
    await _move(b, a)
    await _move(c, b)

    for parent in (c, b, a):
        with pytest.raises(promoters.Circle):
            await _move(a, parent)
    assert await _above(a) == []


async def test_two_moves_at_once_make_no_circle(shop: Tenant) -> None:
    a, b = await _people(2)

    answers = await asyncio.gather(_move(a, b), _move(b, a), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["Circle", "NoneType"]
    await check(shop)


async def test_a_store_allows_two_steps_unless_it_says_otherwise_and_never_four(shop: Tenant) -> None:
    a, b, c, d, e = await _people(5)
    await _move(b, a)
    await _move(c, b)
    with pytest.raises(promoters.TooDeep):
        await _move(d, c)

    await _allow(3)
    await _move(d, c)

    with pytest.raises(promoters.TooDeep):
        await _move(e, d)
    assert await _above(d) == [c, b, a]


async def test_whoever_moves_takes_everybody_below_along(shop: Tenant) -> None:
    old, new, middle, low = await _people(4)
    await _move(middle, old)
    await _move(low, middle)

    await _move(middle, new)

    async with tenants.transaction():
        under_new = [(one.id, one.depth) for one in await promoters.below(new)]
        assert await promoters.below(old) == []
    assert (await _above(low), under_new) == ([middle, new], [(middle, 1), (low, 2)])
    await check(shop)


async def test_a_whole_branch_may_be_too_deep_for_its_new_place(shop: Tenant) -> None:
    top, under, head, tail = await _people(4)
    await _move(under, top)
    await _move(tail, head)

    with pytest.raises(promoters.TooDeep):
        await _move(head, under)

    assert await _above(tail) == [head]
    await check(shop)


async def test_a_sale_of_yesterday_knows_who_stood_above_then(shop: Tenant) -> None:
    before, after, seller = await _people(3)
    await _move(seller, before)
    moment = now()
    await _move(seller, after)
    await _move(seller, None)

    async with tenants.transaction():
        then = await promoters.uplines_of(seller, moment)
        earlier = await promoters.uplines_of(seller, moment - timedelta(hours=1))
        reasons = [(one.parent, one.reason) for one in await promoters.moves_of(seller)]
    assert (then, earlier, await _above(seller)) == ([before], [], [])
    assert reasons == [(None, "she trained him"), (after, "she trained him"), (before, "she trained him")]


async def test_a_move_to_where_one_stands_is_no_move_and_one_without_a_reason_is_refused(shop: Tenant) -> None:
    top, low = await _people(2)
    await _move(low, top)
    await _move(low, top)

    with pytest.raises(InvalidInput):
        await _move(low, None, " ")

    async with tenants.transaction():
        assert len(await promoters.moves_of(low)) == 1


async def test_nobody_stands_below_somebody_of_another_store(shop: Tenant, other_shop: Tenant) -> None:
    [mine] = await _people(1)
    with tenants.bind(other_shop):
        [theirs] = await _people(1)

    with pytest.raises(NotFound):
        await _move(mine, theirs)
    assert await _above(mine) == []


@pytest.mark.parametrize(("upper", "depth"), [("self", 1), ("other", 4)])
async def test_the_database_itself_refuses_circles_and_a_fourth_step(shop: Tenant, upper: str, depth: int) -> None:
    low, other = await _people(2)

    with pytest.raises(asyncpg.CheckViolationError):
        async with tenants.transaction():
            await tenants.connection().execute(
                "INSERT INTO promoter_lineage (id, upper, lower, depth) VALUES ($1, $2, $3, $4)",
                new_id(), low if upper == "self" else other, low, depth,
            )  # fmt: skip
