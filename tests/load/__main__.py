"""`python -m tests.load [names...]`: run the benchmarks, one line each; without names, all that take no minutes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from tests.load.report import Line, heading, not_measured
from tests.load.stack import Missing, Stack, standing

LONGEST_SECONDS = 240
LONG_SECONDS = 3_600


async def _run(stack: Stack, names: list[str]) -> None:
    """Imported late: settings are read once, after the stack has set the environment."""
    from infra import redis, wiring
    from tenants import platform, scope
    from tests.load.stores import open_stores

    await platform.open_pool()
    await scope.open_pools()
    try:
        stores = await open_stores()
        for name, benchmark in _chosen(names).items():
            longest = LONG_SECONDS if name in _long() else LONGEST_SECONDS
            for line in await _measured(name, lambda benchmark=benchmark: benchmark(stack, stores), longest):  # type: ignore[misc] # mypy cannot see the default
                _say(str(line))
    finally:
        await wiring.close()
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


def _benchmarks() -> dict[str, Callable[..., Awaitable[list[Line]]]]:
    """In an order that never makes one benchmark carry the rows of another that came before."""
    from tests.load import (
        boards,
        campaigns,
        clicks,
        exports,
        fairness,
        hand_overs,
        imports,
        jobs,
        order_lists,
        orders,
        pages,
        redirects,
        sign_up,
        stand_in,
    )

    return {
        "pages": pages.warm,
        "cold": pages.cold,
        "weight": pages.weight,
        "campaign_page": campaigns.warm,
        "orders": orders.placement,
        "hot": orders.hot_sku,
        "joins": campaigns.joins,
        "board": boards.delay,
        "lists": order_lists.growth,
        "export": exports.lines,
        "redirect": redirects.speed,
        "kills": redirects.kills,
        "clicks": clicks.ingest_and_fold,
        "sign_up": sign_up.store_answers,
        "jobs": jobs.pick_up,
        "fairness": fairness.one_busy_store,
        "hand_overs": hand_overs.rates,
        "import": imports.catalog,
        "stand_in": stand_in.own_pace,
    }


def _long() -> dict[str, Callable[..., Awaitable[list[Line]]]]:
    """What takes minutes is run only when it is asked for by name."""
    from tests.load import evening

    return {"evening": evening.a_whole_evening}


def _chosen(names: list[str]) -> dict[str, Callable[..., Awaitable[list[Line]]]]:
    everything = _benchmarks() | _long()
    return {name: everything[name] for name in everything if name in names} if names else _benchmarks()


async def _measured(
    name: str, benchmark: Callable[[], Awaitable[list[Line]]], longest: float = LONGEST_SECONDS
) -> list[Line]:
    """A benchmark that cannot be run says why and lets the others go on."""
    try:
        return await asyncio.wait_for(benchmark(), longest)
    except TimeoutError:
        return [not_measured(name, f"not done after {longest:g} s")]
    except Missing as tool:
        return [not_measured(name, str(tool))]
    except Exception as error:
        return [not_measured(name, " ".join(repr(error).split()))]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    import uvloop

    began = time.monotonic()
    with standing() as stack:
        _say(heading())
        uvloop.run(_run(stack, sys.argv[1:]))
    _say(f"done in {time.monotonic() - began:.0f} s")
