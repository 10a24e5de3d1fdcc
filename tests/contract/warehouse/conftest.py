"""The party a test of the contract is about; every dialect in its turn."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infra.http import Outside
from infra.warehouse.simulator.office import SimulatorOffice
from tests.contract.conftest import Listener, Server
from tests.contract.warehouse.drop_stand_in import Dropped
from tests.contract.warehouse.parties import PARTIES, Party
from tests.contract.warehouse.test_mailed import CANNOT as MAILED_CANNOT


@pytest.fixture
def office(simulator: Server, outside: Outside) -> SimulatorOffice:
    return SimulatorOffice(simulator.url, outside)


@pytest.fixture(params=sorted(PARTIES))
async def party(
    request: pytest.FixtureRequest, simulator: Server, office: SimulatorOffice, listener: Listener, outside: Outside
) -> AsyncIterator[Party]:
    found = await PARTIES[request.param].open(simulator, office, listener, outside)
    yield found
    if isinstance(found, Dropped):
        await found.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody is left out in silence."""
    if any("contract/warehouse" in each.nodeid for each in terminalreporter.stats.get("passed", [])):
        for name, cannot in {"mailed": MAILED_CANNOT, **{name: way.cannot for name, way in PARTIES.items()}}.items():
            for what, why in cannot.items():
                terminalreporter.write_line(f"{name} does not promise {what!r}: {why}")
