"""Valkey away in a live: `python -m tests.faults.valkey_outage [--paused]`. No click lost, none counted twice.

Visitors follow links of a session on air without a break. After a second the Valkey process is ended for good (or, with
`--paused`, stopped so that it hangs and answers nobody), comes back after `VALKEY_OUTAGE_SECONDS` (3), and the visitors
go on a little. Real web process, relay and workers. Every click that was answered with a redirect must be stored once,
and the totals of the links must be exactly the rows.

Ends with 0 only when nothing was lost, nothing doubled, and clicks were answered while Valkey was away.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from tests.faults.ground import Ground, own_ground

if TYPE_CHECKING:
    from app.links import Link
    from tenants import Tenant

AWAY = float(os.environ.get("VALKEY_OUTAGE_SECONDS", "3"))
LINKS, VISITORS_OF_EACH = 4, 3
BEFORE_AND_AFTER = 1.0
SETTLES_WITHIN = 60
COMMANDS = {"relay": ("relay",), "worker-default": ("worker", "--queue", "default"), "web": ("web",)}
FACTS = """
SELECT (SELECT count(*) FROM click) AS stored, (SELECT count(*) FROM click WHERE folded_at IS NULL) AS unfolded,
    (SELECT coalesce(sum(raw_clicks), 0)::bigint FROM link_tally) AS told,
    (SELECT coalesce(sum(clicks), 0)::bigint FROM link_tally) AS counted,
    (SELECT coalesce(sum(raw_clicks), 0)::bigint FROM link_hour) AS by_hour, (SELECT count(*) FROM touch) AS touches,
    (SELECT count(*) FROM click WHERE qualifies) AS qualifying
"""


def main() -> int:
    with own_ground() as ground:
        clean = asyncio.run(_run(ground))
        ground.keep = not clean
    return 0 if clean else 1


async def _run(ground: Ground) -> bool:
    from infra import redis
    from tenants import platform, scope
    from tests.faults.fleet import Fleet
    from tests.faults.stage import open_pools

    await open_pools()
    fleet = Fleet("manage", ground.logs, COMMANDS)
    fleet.start()
    try:
        tenant, links = await _set_stage()
        acknowledged, during = await _evening(ground, tenant, links)
        facts = await _settled(tenant)
        lost = len(acknowledged - await _stored(tenant))
        double = _doubled(facts)
        print(  # noqa: T201 - a command talks by printing
            f"valkey seed=0 {'paused' if '--paused' in sys.argv else 'stopped'} outage={AWAY:g}s"
            f" clicks={len(acknowledged)} while_away={during} stored={facts['stored']} lost={lost} double={double}"
            f" unfolded={facts['unfolded']}",
            flush=True,
        )
        return not lost and not double and not facts["unfolded"] and during > 0
    finally:
        await fleet.stop()
        await redis.close()
        await scope.close_pools()
        await platform.close_pool()


async def _set_stage() -> tuple[Tenant, list[Link]]:
    """A host on air with links of the session."""
    import tenants
    from infra.settings import settings
    from tests import builders, builders_earning
    from tests.faults.stage import answering

    tenant = await builders.open_store("evening")
    await answering(f"http://127.0.0.1:{settings().port}/health/live")
    with tenants.bind(tenant):
        host = await builders_earning.promoter()
        session = await builders_earning.session(host)
        return tenant, [await builders_earning.link(host, session=session) for _ in range(LINKS)]


async def _evening(ground: Ground, tenant: Tenant, links: list[Link]) -> tuple[set[UUID], int]:
    """Ids of all clicks that were answered, and how many of them while Valkey was away."""
    from infra.settings import settings
    from tests.load.visitors import follow

    over = asyncio.Event()
    host, acknowledged = settings().authority(tenant.slug), set[UUID]()
    visitors = [
        asyncio.create_task(
            follow(settings().port, host, f"/l/{link.code}", visitors=VISITORS_OF_EACH, until=over, seen=acknowledged)
        )
        for link in links
    ]
    await asyncio.sleep(BEFORE_AND_AFTER)
    during = await _while_away(ground, acknowledged)
    await asyncio.sleep(BEFORE_AND_AFTER)
    over.set()
    await asyncio.gather(*visitors)
    return acknowledged, during


async def _while_away(ground: Ground, acknowledged: set[UUID]) -> int:
    """Take Valkey away for the time of the outage; how many clicks were answered meanwhile."""
    from infra import embedded, redis

    client = redis.make_client()
    pid = int((await client.info("server"))["process_id"])
    await client.aclose()
    paused = "--paused" in sys.argv
    os.kill(pid, signal.SIGSTOP if paused else signal.SIGKILL)
    before = len(acknowledged)
    await asyncio.sleep(AWAY)
    during = len(acknowledged) - before
    if paused:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    else:
        await asyncio.to_thread(lambda: embedded.ensure(ground.var, need=("valkey",)))
    return during


async def _settled(tenant: Tenant) -> dict[str, int]:
    """What the rows say when nothing waits any more, in the stream or to be folded; or after long enough."""
    import tenants
    from infra import redis

    ends = time.monotonic() + SETTLES_WITHIN
    while True:
        with tenants.bind(tenant):
            async with tenants.transaction():
                row = await tenants.connection().fetchrow(FACTS)
        facts = dict(row or {})
        if (not facts["unfolded"] and not await redis.client().xlen("clicks")) or time.monotonic() > ends:
            return facts
        await asyncio.sleep(0.3)


async def _stored(tenant: Tenant) -> set[UUID]:
    import tenants

    with tenants.bind(tenant):
        async with tenants.transaction():
            return {row["id"] for row in await tenants.connection().fetch("SELECT id FROM click")}


def _doubled(facts: dict[str, int]) -> int:
    """How far the totals are from the rows, either way. Every visitor comes once, so every click counts once."""
    return (
        abs(facts["told"] - facts["stored"])
        + abs(facts["by_hour"] - facts["stored"])
        + abs(facts["counted"] - facts["qualifying"])
        + abs(facts["touches"] - facts["qualifying"])
    )


if __name__ == "__main__":
    sys.exit(main())
