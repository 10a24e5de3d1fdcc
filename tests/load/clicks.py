"""A worker's side of clicks: storing batches and folding them into totals, against COPY of the same rows."""

from __future__ import annotations

import time

import msgspec

import tenants
from app import links
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests.load.report import Line, beside, compared, in_turns
from tests.load.stack import Stack
from tests.load.stores import Stores, owner

ROWS, BATCH, ROUNDS = 10_000, 200, 3
COLUMNS = ("id", "link", "visitor_id", "clicked_at", "qualifies", "reason", "address_hash", "agent_hash")


async def ingest_and_fold(stack: Stack, stores: Stores) -> list[Line]:
    stack.stop_workers()  # otherwise they fold the clicks away
    fold_rates: list[float] = []
    with tenants.bind(stores.window):
        while await fold_clicks():
            pass

        async def ours() -> float:
            made = [_click(stores) for _ in range(ROWS)]
            began = time.perf_counter()
            for start in range(0, ROWS, BATCH):
                await links.store_clicks(made[start : start + BATCH])
            stored = time.perf_counter()
            folded = 0
            while batch := await fold_clicks():
                folded += batch
            fold_rates.append(folded / (time.perf_counter() - stored))
            return ROWS / (stored - began)

        async def theirs() -> float:
            made = [msgspec.structs.astuple(_click(stores)) for _ in range(ROWS)]
            connection = await owner(stores.window)
            began = time.perf_counter()
            await connection.copy_records_to_table("click", records=made, columns=COLUMNS)
            seconds = time.perf_counter() - began
            await connection.execute("UPDATE click SET folded_at = now() WHERE folded_at IS NULL")
            await connection.close()
            return ROWS / seconds

        mine, reference = await in_turns(ROUNDS, ours, theirs)
    folding = sorted(fold_rates)[len(fold_rates) // 2]
    return [
        compared(f"click ingest, batches of {BATCH}", mine, reference, goal=0.5, of="COPY"),
        beside("click fold into touches and totals", folding, reference, of="COPY"),
    ]


def _click(stores: Stores) -> links.Click:
    return links.Click(new_id(), stores.link, new_id(), now(), True, "", b"address-hash-16b", b"agent-hash-16-by")
