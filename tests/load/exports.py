"""Exporting 100,000 order lines: how long it takes, and whether it is streamed."""

from __future__ import annotations

import asyncio
import json
import sys

import tenants
from tests.load.order_lists import LARGE
from tests.load.report import Line, exact, limited
from tests.load.stack import Stack
from tests.load.stores import Stores, fill_orders

MOST_MB = 200


async def lines(stack: Stack, stores: Stores) -> list[Line]:
    """As the worker writes a workbook, and as a download writes CSV; each in a process of its own."""
    with tenants.bind(stores.archive):
        async with tenants.transaction():
            there = await tenants.connection().fetchval("SELECT count(*) FROM orders")
    if not there:
        await fill_orders(stores.archive, 1, LARGE, LARGE)
    return [line for kind in ("lines_xlsx", "lines_csv") for line in await _export(stores.archive.slug, kind)]


async def _export(slug: str, kind: str) -> list[Line]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.load.export_once", slug, kind, stdout=asyncio.subprocess.PIPE
    )
    text = (await process.communicate())[0]
    if process.returncode:
        raise RuntimeError(f"the export of {kind} ended with {process.returncode}")
    found: dict[str, float] = json.loads(text)
    form = kind.rpartition("_")[2].upper()
    return [
        exact(f"order export, {form}, lines", int(found["rows"]), LARGE),
        limited(
            f"order export, {form}, peak memory", found["peak_mb"], MOST_MB, "MB",
            note=f"{found['seconds']:.0f} s, {found['rows'] / found['seconds']:,.0f} lines/s",
        ),
    ]  # fmt: skip
