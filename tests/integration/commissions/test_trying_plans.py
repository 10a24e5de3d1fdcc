"""A plan tried on past orders says who gains and who loses, and pays nobody; the gate is asked again every night."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import commissions, promoters
from app.commissions import NotCompliant, Simulation
from app.flows import evidence_pack
from app.flows.order_documents import speaking
from app.flows.publish_plan import publish_plan
from app.flows.reverse_commission import reverse_commission
from app.flows.review_plan import KIND, review_plan
from app.flows.simulate_plan import ask_for_simulation
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_plans as build
from tests.invariants import check_promoters
from workers.commissions import HANDLERS


async def _try(plan: UUID, *, days: int = 10) -> Simulation:
    made = await ask_for_simulation(plan, earning.days_ago(days), now() + timedelta(hours=1), by="Su He")
    for _time in range(2):
        await HANDLERS["commissions.simulate"](build.JOB, simulation_id=str(made))
    async with tenants.transaction():
        return await commissions.simulations.simulation(made)


async def _set_cost(amount: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE variant SET cost_amount = $1", amount)


async def test_a_trial_says_for_each_promoter_what_the_plan_would_have_paid(shop: Tenant) -> None:
    seller, parent, _grandparent = await build.line_of_three()
    first = await build.sold(seller, 10_000)
    await build.sold(seller, 5_000, days_ago=5)
    await build.sold(seller, 7_000, days_ago=30)
    await _set_cost(2_000)
    await earning.mark_refunded(first, 5_000)
    await reverse_commission(first)
    draft = await build.draft(build.rule(depth=2, rates=(1200, 300)))

    tried = await _try(draft.id)

    assert (tried.status, tried.done_orders, tried.all_orders) == ("done", 2, 2)
    assert tried.result.people == {str(seller.id): (1_000, 1_200), str(parent.id): (0, 300)}
    assert (tried.result.base_amount, tried.result.before_amount, tried.result.after_amount) == (10_000, 1_000, 1_500)
    assert tried.result.margin_amount == 10_000 - 4_000 - 1_500
    assert await build.shares_of(first) == [("Xiaoya", "promotion", 1000, 500)]
    await check_promoters(shop)


async def test_the_plan_that_was_in_force_tried_on_its_own_orders_changes_nothing(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    plan = await build.in_force(build.rule(shape="flat", depth=3, rates=(), fees=(500, 100, 50)), days_ago=40)
    for goods, units in ((9_900, 3), (4_000, 1), (20_000, 10)):
        order = await build.sold(seller, goods, units=units)
    await earning.mark_refunded(order, 4_000)
    await reverse_commission(order)

    tried = await _try(plan.id)

    assert tried.result.before_amount == tried.result.after_amount > 0
    assert all(before == after for before, after in tried.result.people.values())


@pytest.mark.parametrize("days", [(None, None), (1, 2), (1, None)])
async def test_a_trial_needs_days_in_their_order(shop: Tenant, days: tuple[int | None, int | None]) -> None:
    first, last = (earning.days_ago(day) if day else None for day in days)
    draft = await build.draft()

    with pytest.raises(InvalidInput):
        await ask_for_simulation(draft.id, first, last, by="Su He")


async def test_a_trial_whose_draft_is_gone_is_nobodys(shop: Tenant, other_shop: Tenant) -> None:
    draft = await build.draft()
    with tenants.bind(other_shop), pytest.raises(NotFound):
        await _try(draft.id)

    await HANDLERS["commissions.simulate"](build.JOB, simulation_id=str(new_id()))


async def test_what_the_gate_refuses_is_not_published(shop: Tenant) -> None:
    await earning.product(price=1_000)
    await _set_cost(950)
    draft = await build.draft()

    with pytest.raises(NotCompliant) as refusal:
        await publish_plan(draft.id, None, by=(new_id(), "Su He"))

    assert [margin.good.title for margin in refusal.value.findings[0].goods] == ["Peaches One"]
    async with tenants.transaction():
        assert (await commissions.read_plan(draft.id)).status == "draft"


async def _tickets() -> list[tuple[str, str]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT subject, status FROM ticket WHERE kind = $1", KIND)
    return [tuple(row.values()) for row in rows]


async def test_the_nightly_check_opens_a_ticket_and_closes_it_when_all_is_well(shop: Tenant) -> None:
    await earning.product(price=1_000)
    await _set_cost(500)
    assert await review_plan() == 0
    await build.in_force(build.rule(rates=(2000,)))

    good = await review_plan()
    await _set_cost(900)
    bad = await review_plan()
    opened = await _tickets()
    await _set_cost(100)
    await review_plan()

    assert (good, bad) == (0, 1)
    assert opened == [("CG-8", "open")]
    assert [status for _rule, status in await _tickets()] == ["resolved"]


async def _pack() -> dict[str, list[list[str]]]:
    """Its tables, by file."""
    with speaking("en"):
        content = b"".join([piece async for piece in evidence_pack.pieces()])
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {
            name: list(csv.reader(io.StringIO(opened.read(name).decode("utf-8-sig")))) for name in opened.namelist()
        }


async def test_the_evidence_pack_holds_rules_check_agreements_depth_and_own_sales(shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    async with tenants.transaction():
        terms = await promoters.publish_terms("Refunds take commission back.", by="Su He")
        await promoters.accept_terms(seller.id, terms.id)
    await build.in_force(build.rule(depth=2, rates=(1000, 300)), days_ago=40)
    await build.sold(seller, 10_000)

    pack = await _pack()

    assert list(pack) == ["versions.csv", "check.csv", "agreements.csv", "depth.csv", "own-sales.csv"]
    assert "Who sold 10% · One above 3%" in pack["versions.csv"][1][-1]
    assert [row[0] for row in pack["check.csv"][1:]] == list(commissions.compliance.RULES)
    assert pack["agreements.csv"][1][0] == "Xiaoya"
    assert pack["depth.csv"][1:] == [["0", "1"], ["1", "1"], ["2", "1"]]
    assert [row[0:1] + row[2:] for row in pack["own-sales.csv"][1:]] == [
        ["Xiaoya", "10.00", "0.00", "100%"], ["Ma Jie", "0.00", "3.00", "0%"],
    ]  # fmt: skip


async def test_another_stores_pack_knows_nothing_of_ours(shop: Tenant, other_shop: Tenant) -> None:
    seller, *_above = await build.line_of_three()
    await build.in_force()
    await build.sold(seller, 10_000)

    with tenants.bind(other_shop):
        pack = await _pack()

    assert [len(rows) for name, rows in pack.items() if name != "check.csv"] == [1, 1, 1, 1]
