"""`python -m tests.load.import_once STORE FILE`: one import in a process of its own, so that its peak memory shows."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path


async def _measure(store: str, file: Path) -> dict[str, float]:
    from app.flows.import_products import import_file
    from infra import redis
    from tenants import platform, scope

    await platform.open_pool()
    await scope.open_pools()
    before = peak_mb()
    began = time.perf_counter()
    try:
        summary = await import_file(store, file)
        seconds = time.perf_counter() - began
        return {
            "seconds": seconds,
            "variants": summary.variants,
            "errors": summary.errors,
            "grown_mb": peak_mb() - before,
        }
    finally:
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


def peak_mb() -> float:
    """Of this program alone: what `getrusage` answers includes the process that started it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_measure(sys.argv[1], Path(sys.argv[2])))))
