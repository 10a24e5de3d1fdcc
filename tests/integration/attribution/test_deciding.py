"""Whose sale an order was."""

from __future__ import annotations

from datetime import timedelta

import pytest

import tenants
from app import attribution, links, promoters
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as build
from workers.attribution import HANDLERS
from workers.context import JobContext

JOB = JobContext(new_id(), "attribution.finalize", 1, 12)


async def _receipt(order_id: object) -> attribution.Receipt:
    async with tenants.transaction():
        return (await attribution.receipt_of(order_id))[0]  # type: ignore[arg-type]


async def _lines() -> list[tuple[str, int, int]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT status, amount, reversed_amount FROM commission_line ORDER BY id"
        )
    return [tuple(row.values()) for row in rows]


async def _tally(link: links.Link) -> links.Tally:
    async with tenants.transaction():
        return (await links.tallies_of([link.id]))[link.id]


async def test_the_last_click_wins_and_the_receipt_names_the_losers(shop: Tenant) -> None:
    visitor = new_id()
    ajie = await build.promoter(name="Ajie")
    xiaoya = await build.promoter(name="Xiaoya", rate_bps=1500)
    await build.click(await build.link(ajie), visitor=visitor, at=build.days_ago(2))
    winning = await build.link(xiaoya)
    await build.click(winning, visitor=visitor, at=build.days_ago(1))
    await build.click(await build.link(ajie), visitor=visitor, at=build.days_ago(0.5), reason="not_a_page")
    await build.click(await build.link(ajie), visitor=visitor, at=build.days_ago(45))
    order = await build.order(visitor=visitor, goods=(8780,))

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert receipt.winner is not None
    assert (receipt.winner.promoter_name, receipt.rule_version) == ("Xiaoya", "last_click/1")
    assert [(one.promoter_name, one.reason) for one in receipt.losers] == [
        ("Ajie", "not_a_page"), ("Ajie", "later_click_won"), ("Ajie", "too_old"),
    ]  # fmt: skip
    assert (receipt.base_amount, receipt.rate_bps, receipt.commission_amount) == (8780, 1500, 1317)
    assert await _lines() == [("estimated", 1317, 0)]
    assert (await _tally(winning)).orders == 1


async def test_a_click_a_moment_before_the_order_is_seen(shop: Tenant) -> None:
    """Nobody had folded it yet: deciding does so first."""
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor)

    order = await build.order(visitor=visitor)
    await decide_attribution(order)

    assert (await _receipt(order)).winner is not None


@pytest.mark.parametrize("reason", ["prefetch", "not_a_page", "machine", "not_opened", "paused"])
async def test_what_nobody_opened_never_attributes(shop: Tenant, reason: str) -> None:
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor, reason=reason)
    order = await build.order(visitor=visitor)

    await decide_attribution(order)

    receipt = await _receipt(order)
    assert (receipt.winner, receipt.losers[0].reason) == (None, reason)
    assert await _lines() == []


async def test_a_suspended_promoter_earns_nothing_new(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter()
    await build.click(await build.link(host), visitor=visitor)
    async with tenants.transaction():
        await promoters.suspend(host.id, by="Su He")
    order = await build.order(visitor=visitor)

    await decide_attribution(order)

    assert (await _receipt(order)).losers[0].reason == "promoter_not_approved"


async def test_nobody_earns_from_their_own_purchase(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter(email="Xiaoya@Host.test")
    await build.click(await build.link(host), visitor=visitor)
    customer = await build.customer("xiaoya@host.test")
    order = await build.order(visitor=visitor, email="other@shopper.test", customer=customer)

    await decide_attribution(order)

    assert (await _receipt(order)).losers[0].reason == "own_purchase"


async def test_a_known_customer_is_recognized_on_another_device(shop: Tenant) -> None:
    phone, customer = new_id(), await build.customer("zhou@shopper.test")
    await build.click(await build.link(await build.promoter()), visitor=phone)
    await build.order(visitor=phone, customer=customer)

    order = await build.order(visitor=new_id(), customer=customer)
    await decide_attribution(order)

    assert (await _receipt(order)).winner is not None


async def test_deciding_twice_changes_nothing(shop: Tenant) -> None:
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor, at=build.days_ago(1))
    order = await build.order(visitor=visitor, goods=(100, 200, 300))
    await decide_attribution(order)
    first = await _receipt(order), await _lines()
    await build.click(await build.link(await build.promoter()), visitor=visitor, at=now() - timedelta(hours=1))

    await decide_attribution(order)

    assert (await _receipt(order), await _lines()) == first
    assert len(first[1]) == 3


async def test_a_payment_faster_than_the_decision_ends_the_same(shop: Tenant) -> None:
    visitor = new_id()
    link = await build.link(await build.promoter(rate_bps=1000))
    await build.click(link, visitor=visitor)
    order = await build.order(visitor=visitor, goods=(8780,), freight=1200)
    await build.mark_paid(order)

    for kind in ("attribution.finalize", "attribution.decide", "attribution.finalize"):
        await HANDLERS[kind](JOB, order_id=str(order))

    assert await _lines() == [("accrued", 878, 0)]
    tally = await _tally(link)
    assert (tally.orders, tally.paid_orders, tally.gmv_amount, tally.commission_amount) == (1, 1, 8780, 878)


async def test_an_order_that_ends_unpaid_pays_nobody(shop: Tenant) -> None:
    visitor = new_id()
    link = await build.link(await build.promoter())
    await build.click(link, visitor=visitor)
    order = await build.order(visitor=visitor)
    await decide_attribution(order)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET status = 'expired' WHERE id = $1", order)

    await finalize_attribution(order)

    assert [line[0] for line in await _lines()] == ["canceled"]
    assert (await _receipt(order)).status == "void"
    tally = await _tally(link)
    assert (tally.orders, tally.commission_amount) == (0, 0)


async def test_another_store_sees_none_of_it(shop: Tenant, other_shop: Tenant) -> None:
    visitor = new_id()
    await build.click(await build.link(await build.promoter()), visitor=visitor)
    order = await build.order(visitor=visitor)
    await decide_attribution(order)

    with tenants.bind(other_shop):
        same_browser = await build.order(visitor=visitor)
        await decide_attribution(same_browser)
        assert (await _receipt(same_browser)).reason == "no_click"
        async with tenants.transaction():
            assert await attribution.receipt_of(order) == []
