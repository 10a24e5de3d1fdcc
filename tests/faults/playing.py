"""The main function of a process that plays a part and may die in it."""

from __future__ import annotations

import asyncio
import json
import os

import structlog

import tenants
from infra import redis, wiring
from tenants import directory, platform, scope
from tests.faults import lives
from tests.faults.boundaries import Death, boundaries
from tests.faults.life import Part


def play(part: Part, environment: dict[str, str], reached_file: str) -> None:
    """Writes the boundaries it came by, in order, unless it died."""
    os.environ.update(environment)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    life = lives.every()[part.life]
    death = Death(part.boundary, part.moment, boundaries(life.files, life.calls))
    death.lie_in_wait()
    asyncio.run(_play(part))
    with open(reached_file, "w") as file:
        json.dump(death.reached, file)


async def _play(part: Part) -> None:
    await platform.open_pool(size=2)
    await scope.open_pools(size=3)
    tenant = await directory.find(part.tenant_id)
    assert tenant is not None
    try:
        with tenants.bind(tenant):
            await lives.every()[part.life].live(part.made)
    finally:
        await wiring.close()
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


lives.every()  # imported before the first process is made, and by that in all of them
