"""A whole evening: a million clicks over two thousand links through the real ingest, then five thousand paid orders.

`python -m tests.load evening` runs it, and nothing else does: it takes minutes. `LOAD_CLICKS` (1,000,000), `LOAD_LINKS`
(2,000) and `LOAD_ORDERS` (5,000) make it smaller. The clicks go through the log that the web process writes by, in
turns with COPY of as many rows; meanwhile relay and workers fold. The orders are committed fifty a second, each with
its wish, as settling a payment does; what is measured is the time from the commit to the final decision.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import links, promoters
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.links import Wish
from tenants import outbox
from tests.load.clicks import COLUMNS
from tests.load.report import Line, beside, compared, exact, limited, percentile
from tests.load.stack import Stack
from tests.load.stores import Stores, owner

CLICKS = int(os.environ.get("LOAD_CLICKS", "1000000"))
LINKS = int(os.environ.get("LOAD_LINKS", "2000"))
ORDERS = int(os.environ.get("LOAD_ORDERS", "5000"))
LONGEST_FOLD = 900
VISITORS_AT_ONCE = 256
TURNS = 10
PER_SECOND = 50
FLAT = 1.25  # times the memory after half of the turns
PROMOTERS = 20
AGENTS = [f"agent-{number:010}".encode() for number in range(50)]
UNFOLDED = "SELECT count(*) FROM click WHERE folded_at IS NULL"
WAITED = """
SELECT extract(epoch FROM d.finalized_at - o.paid_at) * 1000 AS waited, d.promoter IS NOT NULL AS won
FROM orders o LEFT JOIN attribution_decision d ON d.order_id = o.id WHERE o.id = ANY($1::uuid[])
"""


async def a_whole_evening(stack: Stack, stores: Stores) -> list[Line]:
    await stack.workers()
    with tenants.bind(stores.window):
        found = await _make_links()
        ours, theirs, sizes, backlog, visitors = await _ingest(stack, stores, found)
        caught_up = await _until_folded()
        told = await _told(found)
        orders = await _sell(visitors[:ORDERS])
        waited = await _decided(orders)
    missing = sum(milliseconds is None for milliseconds in waited)
    note = f"{CLICKS:,} clicks, {len(found):,} links"
    return [
        compared("evening: click ingest", median(ours), median(theirs), goal=0.5, of="COPY of as many rows"),
        beside("evening: clicks not yet folded, at most", max(backlog), CLICKS, of="clicks", unit=""),
        limited("evening: the fold is done after the last click", caught_up, 120, "s", note=note, decimals=1),
        exact("evening: clicks in the totals of the links", told, CLICKS, note=note),
        exact("evening: orders without a final decision", missing, 0, note=f"{len(orders):,} orders"),
        limited(
            "evening: attribution of a paid order, p99",
            percentile([one for one in waited if one is not None], 0.99) if missing < len(waited) else 0,
            2_000, "ms", note=f"{len(orders):,} orders, {PER_SECOND} a second",
        ),
        *(
            limited(f"evening: memory of {name}, times halfway", after / before, FLAT, "x", decimals=2,
                    note=f"{before:,.0f} -> {after:,.0f} MB")
            for name, (before, after) in sizes.items()
        ),
    ]  # fmt: skip


async def _make_links() -> list[UUID]:
    async with tenants.transaction():
        people = []
        for number in range(PROMOTERS):
            made = await promoters.apply(
                new_id(), f"Sharer {number}", f"sharer-{number}@example.test", rate_bps=1000, kinds=["sharer"]
            )
            people.append(await promoters.decide(made.id, approve=True, rate_bps=1000, by="bench"))
        products = await tenants.connection().fetch("SELECT id FROM product WHERE status = 'published' LIMIT 100")
        wishes = [
            Wish(promoter=people[number % PROMOTERS].id, product=products[number // PROMOTERS % len(products)]["id"],
                 team=str(number))
            for number in range(LINKS)
        ]  # fmt: skip
        return [link.id for link in (await links.make(wishes)).values()]


async def _ingest(
    stack: Stack, stores: Stores, found: Sequence[UUID]
) -> tuple[list[float], list[float], dict[str, tuple[float, float]], list[int], list[UUID]]:
    """Rates of both, memory of ourselves and the folding worker, the backlog after each turn, and some visitors."""
    each, visitors = CLICKS // TURNS, []
    ours, theirs, backlog = [], [], []
    before: dict[str, float] = {}
    for turn in range(TURNS):
        made = [_click(found[number % len(found)]) for number in range(turn * each, (turn + 1) * each)]
        visitors += [click.visitor_id for click in islice(made, ORDERS // TURNS + 1)]
        began = time.perf_counter()
        await _record(stores, made)
        ours.append(each / (time.perf_counter() - began))
        backlog.append(await _unfolded())
        theirs.append(await _copy(stores, made))
        before = _sizes(stack) if turn < TURNS // 2 else before
    return ours, theirs, {name: (before[name], size) for name, size in _sizes(stack).items()}, backlog, visitors


async def _record(stores: Stores, clicks: Sequence[links.Click]) -> None:
    """So many visitors at once, each of whom waits until the click is durable."""
    left = iter(clicks)

    async def come() -> None:
        for click in left:
            await links.CLICK_LOG.record(stores.window, click)

    await asyncio.gather(*(come() for _ in range(VISITORS_AT_ONCE)))


async def _copy(stores: Stores, clicks: Sequence[links.Click]) -> float:
    """The same rows under other ids, taken away again so that nobody folds them."""
    rows = [(new_id(), *msgspec.structs.astuple(click)[1:]) for click in clicks]
    connection = await owner(stores.window)
    try:
        await connection.execute("BEGIN")  # nobody sees them, so nobody folds them
        began = time.perf_counter()
        await connection.copy_records_to_table("click", records=rows, columns=COLUMNS)
        seconds = time.perf_counter() - began
        await connection.execute("ROLLBACK")
    finally:
        await connection.close()
    return len(rows) / seconds


def _click(link: UUID) -> links.Click:
    visitor = new_id()
    return links.Click(new_id(), link, visitor, now(), True, "", visitor.bytes, AGENTS[visitor.int % len(AGENTS)])


async def _unfolded() -> int:
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval(UNFOLDED)
    return count


async def _until_folded() -> float:
    began = time.perf_counter()
    while True:
        waited = time.perf_counter() - began
        if waited > LONGEST_FOLD or not await _unfolded():
            return waited
        await asyncio.sleep(0.2)


async def _told(found: Sequence[UUID]) -> int:
    async with tenants.transaction():
        return sum(tally.raw_clicks for tally in (await links.tallies_of(found)).values())


async def _sell(visitors: Sequence[UUID]) -> list[UUID]:
    """Paid orders of visitors who came, each committed with its wish, fifty a second."""
    async with tenants.transaction():
        variant = await tenants.connection().fetchrow("SELECT id, product FROM variant LIMIT 1")
    orders, began = [], time.perf_counter()
    for number, visitor in enumerate(visitors):
        orders.append(await _order(number, visitor, variant))
        await asyncio.sleep(max(0.0, (number + 1) / PER_SECOND - (time.perf_counter() - began)))
    return orders


async def _order(number: int, visitor: UUID, variant: Any) -> UUID:
    order_id = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO orders (id, number, visitor_id, email, status, payment_status, fulfillment_status, currency,"
            " locale, goods_amount, total_amount, paid_amount, ship_to, access_hash, placed_at, paid_at, updated_at)"
            " VALUES ($1, $2, $3, $4, 'placed', 'paid', 'unfulfilled', 'CNY', 'en', 4390, 4390, 4390, '{}', 'h', $5,"
            " $5, $5)",
            order_id, f"E{number:09}", visitor, f"{visitor.hex}@example.test", now(),
        )  # fmt: skip
        await tenants.connection().execute(
            "INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, quantity,"
            " unit_amount, goods_amount, freight_amount) VALUES ($1, $2, 1, $3, $4, 'Peaches', 'One', 'P-1', 1, 4390,"
            " 4390, 0)",
            new_id(), order_id, variant["product"], variant["id"],
        )  # fmt: skip
        await outbox.post("attribution.finalize", queue="critical", key=f"finalize:{order_id}", order_id=order_id)
    return order_id


async def _decided(orders: Sequence[UUID]) -> list[float | None]:
    """Milliseconds from paid to the final decision, of each order; None where none came, or nobody won."""
    deadline = time.monotonic() + 120
    while True:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(WAITED, list(orders))
        waited = [float(row["waited"]) if row["waited"] is not None and row["won"] else None for row in rows]
        if None not in waited or time.monotonic() > deadline:
            return waited
        await asyncio.sleep(0.5)


def _sizes(stack: Stack) -> dict[str, float]:
    """Resident memory in MB of who writes the clicks (ourselves) and who folds them."""
    found = {"the writer": os.getpid(), "the folding worker": stack.pid_of("worker-default")}
    return {name: _resident(pid) for name, pid in found.items() if pid}


def _resident(pid: int) -> float:
    told = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(told[1]) / 1024 if told else 0.0
