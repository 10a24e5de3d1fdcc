"""A settlement is killed ten times, and every shopper has the exact difference in the end, once."""

from __future__ import annotations

import secrets
import signal
from pathlib import Path

import pytest

import tenants
from tests import builders, builders_ladders, invariants, washing
from tests.faults.boundaries import Moment
from tests.faults.dying import live
from tests.faults.life import Part
from tests.faults.lives import ladder as life
from tests.faults.lives import money
from tests.figures import Figure

PEOPLE, KILLS = 12, 10
# Once right after the count was fixed, then by turns when an order's settlement is, and is not, kept.
SETTLED = "settle_ladder.settle_ladder.commit#1"
DEATHS: list[tuple[str, Moment]] = [("run_campaign.settle_campaign.commit#1", "after")]
DEATHS += [(SETTLED, "after" if kill % 2 else "before") for kill in range(1, KILLS)]


@pytest.mark.timeout(600)
async def test_a_settlement_killed_ten_times_still_ends_with_the_exact_refunds(
    pools: None, tmp_path: Path, figure: Figure
) -> None:
    async with money.around(tmp_path) as known:
        tenant = await builders.open_store(f"killed-{secrets.token_hex(4)}")
        with tenants.bind(tenant):
            made = await life.prepare(PEOPLE)
        for boundary, moment in DEATHS:
            dying = Part("ladder", tenant.id, made, boundary, moment)
            assert await live(dying, known, tmp_path / "reached") == -signal.SIGKILL, (boundary, moment)
        with tenants.bind(tenant):
            half = await builders_ladders.progress(made.reached)
            await life.mend()

            assert await life.disagreements() == []
            came_back = {order_id: await _came_back(order_id) for order_id in made.owed}
            whole = await builders_ladders.progress(made.reached)

    assert 0 < half.settled < half.orders == PEOPLE
    assert came_back == dict(made.owed)
    assert (whole.done, whole.back_amount) == (PEOPLE, sum(made.owed.values()) - 4990)
    await invariants.check(tenant)
    await washing.give_back(tenant)
    figure(f"ladder kills={KILLS} orders={PEOPLE} settled_between={half.settled} exact={len(came_back)}")


async def _came_back(order_id: object) -> int:
    """What the books say that this order has back: its refunds, as transfers out of sales."""
    async with tenants.transaction():
        amount: int = await tenants.connection().fetchval(
            "SELECT coalesce(sum(moved.amount), 0)::bigint FROM ledger_transfer AS moved"
            " JOIN ledger_transaction AS event ON event.id = moved.ledger_transaction AND event.kind = 'refund'"
            " WHERE moved.order_id = $1",
            order_id,
        )
    return amount
