"""A rehearsal has a name, and what happened in it can be read afterwards."""

from __future__ import annotations

import uuid

import msgspec
import pytest

from infra.http import Outside
from infra.warehouse.port import ShipmentNotice, WarehouseUnavailable
from infra.warehouse.simulator.office import LogEntry, SimulatorOffice
from infra.warehouse.simulator.report import summarize
from infra.warehouse.simulator.scenarios import CALM_DOWN, SCENARIOS
from tests.contract.conftest import Listener, Server
from tests.contract.warehouse.parties import PARTIES, Simulated, told
from tests.contract.warehouse.test_promises import order


@pytest.fixture(params=["jushuitan", "wangdiantong"])
async def rehearsing(
    request: pytest.FixtureRequest, simulator: Server, office: SimulatorOffice, listener: Listener, outside: Outside
) -> Simulated:
    party = await PARTIES[request.param].open(simulator, office, listener, outside)
    assert isinstance(party, Simulated)
    return party


async def test_every_day_is_one_the_simulator_understands(rehearsing: Simulated) -> None:
    for day in SCENARIOS.values():
        await rehearsing.behave(day.playing(day.code, seed=1))
    await rehearsing.behave(CALM_DOWN)


async def test_the_log_tells_what_was_asked_and_when_news_was_heard(rehearsing: Simulated) -> None:
    run, reference = uuid.uuid4().hex, f"S-{uuid.uuid4().hex[:8]}"
    spoilt = msgspec.structs.replace(SCENARIOS["duplicates"].playing(run), ship_ms=20, progress=False)
    await rehearsing.behave(msgspec.structs.replace(spoilt, error_after_done_bps=10_000))
    with pytest.raises(WarehouseUnavailable):
        await rehearsing.gateway.push_order(order(reference))
    await rehearsing.behave(spoilt)
    await rehearsing.gateway.push_order(order(reference))
    await told(rehearsing, ShipmentNotice, 3)
    await rehearsing.behave(CALM_DOWN)
    await rehearsing.gateway.query_order(reference)

    report = await rehearsing.office.report(rehearsing.app_key, run)
    log = await rehearsing.office.log(rehearsing.app_key, run)

    assert (report.orders, report.sent_again, report.shipped, report.parcels) == (1, 1, 1, 1)
    pushes = next(one for one in report.asked if one.what == "push")
    assert (pushes.times, pushes.unanswered) == (2, 1)
    parcels = next(one for one in report.told if one.what == "shipment")
    assert (parcels.news, parcels.refused) == (1, 0)
    assert parcels.times >= 2
    assert [entry.outcome for entry in log if entry.what == "push"] == ["500, done", "200"]
    assert {entry.subject for entry in log if entry.what in ("push", "shipment")} == {reference}
    assert not await rehearsing.office.log(rehearsing.app_key, run, after=log[-1].id)


def test_news_heard_after_later_news_is_counted_once() -> None:
    entries = [
        LogEntry(at, float(at), "told", "shipment", "S1", news, 0, outcome, 1, 5)
        for at, (news, outcome) in enumerate([(2, "500"), (3, "200"), (2, "200"), (2, "200"), (4, "200")])
    ]

    report = summarize("r", entries, [], unheard=0)

    assert (report.backwards, report.told[0].news, report.told[0].refused) == (1, 3, 1)
