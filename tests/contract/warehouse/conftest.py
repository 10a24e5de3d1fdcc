"""The party a test of the contract is about; every dialect in its turn."""

from __future__ import annotations

import pytest

from infra.http import Outside
from infra.warehouse.simulator.office import SimulatorOffice
from tests.contract.conftest import Listener, Server
from tests.contract.warehouse.parties import PARTIES, Party


@pytest.fixture
def office(simulator: Server, outside: Outside) -> SimulatorOffice:
    return SimulatorOffice(simulator.url, outside)


@pytest.fixture(params=sorted(PARTIES))
async def party(
    request: pytest.FixtureRequest, simulator: Server, office: SimulatorOffice, listener: Listener, outside: Outside
) -> Party:
    return await PARTIES[request.param].open(simulator, office, listener, outside)
