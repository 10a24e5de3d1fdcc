"""Shoppers bound to sharers: by clicks, with their account, by orders; one at a time whatever happens at once."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

import tenants
from app import attribution, promoters
from app.attribution import Approach, Binding, Policy, Shopper
from app.flows import bind_shoppers
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.builders_attribution import bindings


async def _live(shopper: Shopper) -> Binding | None:
    async with tenants.transaction():
        return await attribution.binding_at(shopper, now())


async def _receipt(order_id: UUID) -> attribution.Receipt:
    async with tenants.transaction():
        return (await attribution.receipt_of(order_id))[0]


async def test_a_click_binds_a_browser_and_its_order_extends_the_lock(shop: Tenant) -> None:
    await policies.policy()
    visitor, clicked_at = new_id(), build.days_ago(1)
    await build.click(await build.link(await build.promoter()), visitor=visitor, at=clicked_at)
    await fold_clicks()
    bound = await _live(Shopper(None, visitor))
    order = await build.order(visitor=visitor)
    await build.mark_paid(order)

    await decide_attribution(order)
    await finalize_attribution(order)
    await finalize_attribution(order)

    after = await _live(Shopper(None, visitor))
    assert bound is not None
    assert after is not None
    assert bound.valid_until == clicked_at + timedelta(days=5)
    assert after.valid_until > now() + timedelta(days=19)
    assert after.orders == 1


async def test_a_store_without_a_policy_binds_nobody(shop: Tenant) -> None:
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor)

    await fold_clicks()

    assert await bindings(visitor) == []


async def test_the_binding_decides_where_the_last_click_would_not(shop: Tenant) -> None:
    """Xiaoya is protected, so the later click of Ajie is only noted."""
    await policies.policy(rungs=("binding", "last_click"))
    visitor = new_id()
    xiaoya, ajie = await build.promoter(name="Xiaoya"), await build.promoter(name="Ajie")
    await build.click(await build.link(xiaoya), visitor=visitor, at=build.days_ago(2))
    await build.click(await build.link(ajie), visitor=visitor, at=build.days_ago(1))
    order = await build.order(visitor=visitor)

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert receipt.winner is not None
    assert (receipt.winner.promoter_name, receipt.winner.rung, receipt.policy_version) == ("Xiaoya", "binding", 1)
    assert next((one.promoter_name, one.reason) for one in receipt.losers) == ("Ajie", "higher_rung_won")
    assert [(rung.name, rung.outcome) for rung in receipt.rungs] == [("binding", "won"), ("last_click", "not_needed")]


async def test_a_rebind_between_placing_and_paying_leaves_the_sale_with_the_first(shop: Tenant) -> None:
    await policies.policy(rungs=("binding",), snatch_policy="anytime")
    visitor = new_id()
    xiaoya, ajie = await build.promoter(name="Xiaoya"), await build.promoter(name="Ajie")
    await build.click(await build.link(xiaoya), visitor=visitor, at=build.days_ago(2))
    order = await build.order(visitor=visitor, placed_at=build.days_ago(1))
    await build.click(await build.link(ajie), visitor=visitor, at=build.days_ago(0.5))
    await fold_clicks()
    await build.mark_paid(order)

    await decide_attribution(order)
    await finalize_attribution(order)

    receipt = await _receipt(order)
    assert await bindings(visitor) == [("Xiaoya", "snatched"), ("Ajie", "")]
    assert receipt.winner is not None
    assert (receipt.winner.promoter_name, receipt.status) == ("Xiaoya", "final")


async def test_signing_in_takes_the_binding_along(shop: Tenant) -> None:
    await policies.policy()
    visitor, customer = new_id(), await build.customer("zhou@shopper.test")
    await build.click(await build.link(await build.promoter(name="Xiaoya")), visitor=visitor)
    await fold_clicks()

    async with tenants.transaction():
        await bind_shoppers.carry_over(visitor, customer, now(), registered=False)

    assert await bindings(visitor) == [("Xiaoya", "carried")]
    assert await bindings(customer) == [("Xiaoya", "")]
    async with tenants.transaction():
        kinds = await tenants.connection().fetch("SELECT kind, customer FROM touch ORDER BY id")
    assert [tuple(row) for row in kinds] == [("link", None), ("lock", customer)]


async def test_where_registering_binds_the_newest_click_does(shop: Tenant) -> None:
    await policies.policy(bind_trigger="register")
    visitor, customer = new_id(), await build.customer("zhou@shopper.test")
    for name in ("Xiaoya", "Ajie"):
        await build.click(await build.link(await build.promoter(name=name)), visitor=visitor)
    await fold_clicks()
    before = await bindings(visitor)

    async with tenants.transaction():
        await bind_shoppers.carry_over(visitor, customer, now(), registered=True)

    assert (before, await bindings(customer)) == ([], [("Ajie", "")])


@pytest.mark.parametrize(("trigger", "bound"), [("first_order", [("Xiaoya", "")]), ("first_paid_order", [])])
async def test_a_first_order_binds_when_the_policy_says_so(
    shop: Tenant, trigger: str, bound: list[tuple[str, str]]
) -> None:
    await policies.policy(bind_trigger=trigger)
    visitor = new_id()
    await build.click(await build.link(await build.promoter(name="Xiaoya")), visitor=visitor)
    order = await build.order(visitor=visitor)
    await decide_attribution(order)
    placed = await bindings(visitor)
    await build.mark_paid(order)

    await finalize_attribution(order)

    assert (placed, await bindings(visitor)) == (bound, [("Xiaoya", "")])


async def test_nobody_is_bound_to_themselves_or_to_a_suspended_sharer(shop: Tenant) -> None:
    await policies.policy()
    visitor, customer = new_id(), await build.customer("ya@host.test")
    own = await build.promoter(email="ya@host.test")
    suspended = await build.promoter(status="suspended")
    for who in (own, suspended):
        await build.click(await build.link(who), visitor=visitor)
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO shopper_session (token_hash, customer, visitor_id, created_at, last_seen_at, expires_at,"
            " agent_hash, address_prefix) VALUES ('t', $1, $2, now(), now(), now() + interval '1 day', 'a', '')",
            customer, visitor,
        )  # fmt: skip

    await fold_clicks()

    async with tenants.transaction():
        steps = await tenants.connection().fetch("SELECT reason FROM binding_step ORDER BY seq")
    assert [row["reason"] for row in steps] == ["own_purchase", "promoter_not_approved"]
    assert await bindings(customer) == []


async def test_who_stands_above_a_sharer_is_not_bound_to_them(shop: Tenant) -> None:
    await policies.policy()
    customer, visitor = await build.customer("upper@host.test"), new_id()
    upper, lower = await build.promoter(email="upper@host.test"), await build.promoter(name="Lower")
    async with tenants.transaction():
        await promoters.move(lower.id, upper.id, actor="Su He", reason="asked for it")
    await build.click(await build.link(lower), visitor=visitor)
    await fold_clicks()

    async with tenants.transaction():
        await bind_shoppers.carry_over(visitor, customer, now(), registered=False)

    async with tenants.transaction():
        reasons = await tenants.connection().fetch("SELECT reason FROM binding_step WHERE reason <> ''")
    assert ([row["reason"] for row in reasons], await bindings(customer)) == (["carried", "own_downline"], [])


async def test_a_changed_policy_leaves_closed_bindings_alone(shop: Tenant) -> None:
    await policies.policy(snatch_policy="anytime", since_days=30)
    visitor = new_id()
    links = [await build.link(await build.promoter(name=name)) for name in ("Xiaoya", "Ajie")]
    for days, link in ((20, links[0]), (19, links[1])):
        await build.click(link, visitor=visitor, at=build.days_ago(days))
    await fold_clicks()

    await policies.policy(snatch_policy="never", click_lock_days=90, since_days=10)
    await build.click(links[0], visitor=visitor, at=build.days_ago(1))
    await fold_clicks()

    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT ended_because, policy_version FROM binding ORDER BY place"
        )  # fmt: skip
    assert [tuple(row) for row in rows] == [("snatched", 1), ("expired", 1), ("", 2)]


async def test_the_database_refuses_two_bindings_at_one_instant(shop: Tenant) -> None:
    visitor, owner = new_id(), await build.promoter()
    await policies.policy()
    await build.click(await build.link(owner), visitor=visitor)
    await fold_clicks()
    second = (
        "INSERT INTO binding (id, subject, place, follows, free_from, promoter, starts_at, valid_until, ended_at,"
        " ended_because, policy_version) SELECT $1, subject, 2, 1, $2::timestamptz, promoter, $3::timestamptz,"
        " $3::timestamptz + interval '5 days', $4, $5, 1 FROM binding"
    )

    async def insert(free_from: object, starts_at: object, end: object) -> None:
        async with tenants.transaction():
            await tenants.connection().execute(
                second, new_id(), free_from, starts_at, end, "dropped" if end else ""
            )  # fmt: skip

    async def tried(free_from: object, starts_at: object, *, ended: bool = False) -> str:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await insert(free_from, starts_at, now() if ended else None)
        return str(refused.value.constraint_name)

    assert await tried(now(), now()) == "binding_open"
    assert await tried(now(), now() - timedelta(days=1), ended=True) == "starts_after_the_one_before"
    assert await tried(build.days_ago(3), build.days_ago(2), ended=True) == "follows_what_ended"


async def test_touches_that_arrive_at_once_take_turns(shop: Tenant) -> None:
    """Eight folds at the same time, one shopper: one binding at any instant, and the history can be played again."""
    seed = random.Random(11)
    policy = await policies.policy(snatch_policy="anytime")
    visitor = new_id()
    links = [await build.link(await build.promoter(name=f"Sharer {number}")) for number in range(3)]
    for minute in range(48):
        await build.click(seed.choice(links), visitor=visitor, at=now() - timedelta(minutes=100 - minute))

    await asyncio.gather(*(fold_clicks(seed.randint(3, 9)) for _ in range(8)))
    while await fold_clicks():
        pass

    async with tenants.transaction():
        touches = await tenants.connection().fetchval("SELECT count(*) FROM touch")
        steps = await tenants.connection().fetch("SELECT * FROM binding_step ORDER BY seq")
        rows = await tenants.connection().fetch("SELECT * FROM binding ORDER BY place")
    assert (touches, [row["seq"] for row in steps]) == (48, list(range(1, 49)))
    overlaps = [(a["place"], b["place"]) for a, b in itertools.pairwise(rows) if a["ended_at"] > b["starts_at"]]
    assert overlaps == []
    assert _told(rows) == _told(_played_again(steps, policy))


def _played_again(steps: list[asyncpg.Record], policy: Policy) -> list[dict[str, object]]:
    known: dict[UUID, Binding] = {}
    open_one: Binding | None = None
    for row in steps:
        late = "came_late" if row["reason"] == "came_late" else ""
        one = Approach(
            at=row["at"], promoter=row["promoter"], kind="click", lock_days=5, barred=late, touch=row["touch"]
        )
        answer = attribution.approach(open_one, one, policy)
        known |= {each.id: each for each in (answer.closed, answer.binding) if each}
        open_one = answer.binding if answer.outcome != "refused" else open_one
    return [msgspec.structs.asdict(one) for one in known.values()]


def _told(rows: list[asyncpg.Record] | list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in Binding.__struct_fields__ if name != "id") for row in rows]


async def test_the_bindings_of_one_store_are_not_those_of_another(shop: Tenant, other_shop: Tenant) -> None:
    await policies.policy()
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor)
    await fold_clicks()

    with tenants.bind(other_shop):
        assert await _live(Shopper(None, visitor)) is None
        async with tenants.transaction():
            assert (await attribution.policies())[0].version == 0
