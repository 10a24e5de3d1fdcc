"""The ladder at work: codes, rooms, coupons, bindings and clicks compete for one order."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import attribution, orders
from app import links as links_room
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import fold_clicks
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.invariants import check_promoters


async def _receipt(order_id: UUID) -> attribution.Receipt:
    async with tenants.transaction():
        return (await attribution.receipt_of(order_id))[0]


async def _lines(order_id: UUID) -> list[tuple[str, str]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT p.name, c.status FROM commission_line c JOIN promoter p ON p.id = c.promoter WHERE order_id = $1",
            order_id,
        )
    return [tuple(row.values()) for row in rows]


async def test_two_hundred_shoppers_behind_one_address_are_two_hundred_clicks(shop: Tenant) -> None:
    """The builder's clicks all come from one address; each order goes to whoever its own shopper came through."""
    await policies.policy(rungs=("last_click",))
    links = [await build.link(await build.promoter(name=name)) for name in ("Xiaoya", "Ajie")]
    shoppers = [new_id() for _ in range(200)]
    clicks = [build.click_of(links[number % 2], visitor=shopper) for number, shopper in enumerate(shoppers)]
    async with tenants.transaction():
        await links_room.write_clicks(clicks)
    await fold_clicks()
    placed = {number: await build.order(visitor=shoppers[number]) for number in (0, 1, 198, 199)}

    for order in placed.values():
        await decide_attribution(order)

    async with tenants.transaction():
        counted = await tenants.connection().fetchval("SELECT count(DISTINCT click) FROM touch")
    assert counted == 200
    for number, order in placed.items():
        winner = (await _receipt(order)).winner
        assert winner is not None
        assert (winner.click, winner.promoter) == (clicks[number].id, links[number % 2].promoter)


async def test_a_coupon_of_the_store_takes_nothing_from_the_link(shop: Tenant) -> None:
    await policies.policy()
    visitor, leader = new_id(), await build.promoter(name="Leader")
    await build.click(await build.link(leader), visitor=visitor)
    order = await build.order(visitor=visitor)
    coupon = await policies.coupon_of(leader)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE coupon SET owner = NULL WHERE id = $1", coupon)
    await policies.use_coupon(coupon, order)

    await decide_attribution(order)

    assert await _lines(order) == [("Leader", "estimated")]


async def test_a_coupon_of_a_leader_without_a_click_is_held(shop: Tenant) -> None:
    await policies.policy()
    leader, order = await build.promoter(name="Leader"), await build.order()
    await policies.use_coupon(await policies.coupon_of(leader), order)
    await build.mark_paid(order)

    await decide_attribution(order)
    await finalize_attribution(order)

    receipt = await _receipt(order)
    assert (receipt.reason, await _lines(order)) == ("unbacked_coupon", [("Leader", "held")])
    await check_promoters(shop)


async def test_a_coupon_backed_by_a_click_of_its_owner_is_not_held(shop: Tenant) -> None:
    await policies.policy(rungs=("coupon", "unbacked_coupon"))
    visitor, leader = new_id(), await build.promoter(name="Leader")
    await build.click(await build.link(leader), visitor=visitor)
    order = await build.order(visitor=visitor)
    await policies.use_coupon(await policies.coupon_of(leader), order)

    await decide_attribution(order)

    assert ((await _receipt(order)).reason, await _lines(order)) == ("coupon", [("Leader", "estimated")])


async def test_a_link_of_one_and_a_coupon_of_another_pay_one_of_them(shop: Tenant) -> None:
    await policies.policy()
    visitor = new_id()
    ajie, bai = await build.promoter(name="Ajie"), await build.promoter(name="Bai")
    await build.click(await build.link(ajie), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000,))
    await policies.use_coupon(await policies.coupon_of(bai), order)

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert await _lines(order) == [("Ajie", "estimated")]
    assert receipt.commission_amount == 1_000
    assert ("Bai", "unbacked_coupon", "higher_rung_won") in {
        (one.promoter_name, one.rung, one.reason) for one in receipt.losers
    }


async def test_the_sharer_named_at_the_checkout_comes_first(shop: Tenant) -> None:
    await policies.policy()
    visitor = new_id()
    ajie, bai = await build.promoter(name="Ajie"), await build.promoter(name="Bai")
    await build.click(await build.link(ajie), visitor=visitor)
    async with tenants.transaction():
        cart = await tenants.connection().fetchval(
            "INSERT INTO cart (id, visitor_id, created_at, updated_at) VALUES ($1, $2, now(), now()) RETURNING id",
            new_id(), visitor,
        )  # fmt: skip
        await orders.choose_sharer(cart, visitor, bai.id, "BAI234")
    order = await build.order(visitor=visitor)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET cart = $2 WHERE id = $1", order, cart)

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert (receipt.reason, await _lines(order)) == ("code_at_checkout", [("Bai", "estimated")])
    async with tenants.transaction():
        touch = await tenants.connection().fetchrow("SELECT kind, promoter FROM touch WHERE click IS NULL")
    assert touch is not None
    assert tuple(touch) == ("code_at_checkout", bai.id)


async def test_whoever_orders_from_the_room_counts_for_its_host(shop: Tenant) -> None:
    await policies.policy()
    visitor, host, other = new_id(), await build.promoter(name="Host"), await build.promoter(name="Other")
    await build.click(await build.link(other), visitor=visitor, at=build.days_ago(1))
    room = await build.session(host)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE live_session SET started_at = $1", build.days_ago(0.1))
    await build.click(await build.link(host, session=room), visitor=visitor, at=build.days_ago(0.05))
    order = await build.order(visitor=visitor)

    await decide_attribution(order)

    assert ((await _receipt(order)).reason, await _lines(order)) == ("live", [("Host", "estimated")])


async def test_a_policy_of_tomorrow_decides_nothing_today(shop: Tenant) -> None:
    await policies.policy(rungs=("binding",), since_days=-1)
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor)
    order = await build.order(visitor=visitor)

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert (receipt.reason, receipt.rule_version, receipt.policy_version) == ("last_click", "last_click/1", 0)
