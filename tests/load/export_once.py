"""`python -m tests.load.export_once STORE KIND`: one export in a process of its own, so that its peak memory shows."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import tenants
from app import orders
from app.flows.order_rows import csv_of
from app.flows.run_order_job import run_order_job
from app.orders import OrderJob
from infra import redis
from tenants import directory, platform, scope
from tests.load.import_once import peak_mb


async def _measure(slug: str, kind: str) -> dict[str, float]:
    await platform.open_pool()
    await scope.open_pools()
    try:
        store = await directory.find_by_slug(slug)
        assert store is not None
        with tenants.bind(store):
            job = await _ask(kind)
            began, rows = time.perf_counter(), 0
            if kind in orders.CSV:
                async for piece in csv_of(job):
                    rows += piece.count("\r\n")
                rows -= 1  # the heading
            else:
                await run_order_job(job.id, None)
                async with tenants.transaction():
                    rows = (await orders.find_job(job.id)).done
            return {"seconds": time.perf_counter() - began, "rows": rows, "peak_mb": peak_mb()}
    finally:
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


async def _ask(kind: str) -> OrderJob:
    async with tenants.transaction():
        return await orders.write_job(
            kind, filters={}, numbers=(), every=True, personal=True, words="", locale="en", by=(None, "Bench")
        )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_measure(*sys.argv[1:]))))
