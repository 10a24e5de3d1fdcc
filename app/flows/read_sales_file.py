"""A file of orders placed elsewhere is looked at, then taken in; its bad rows are left out and can be taken home.

One transaction per batch of rows: what was good stays good when a later row is not. Reading a file again changes
nothing, so a crash is mended by starting over.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import external_sales, imports
from app.external_sales import Columns, Fact, Problem, Reading
from app.kernel.clock import now
from app.kernel.errors import Refusal
from tenants import outbox

BATCH = 200
SHOWN = 50


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds, before anything is written."""

    columns: Columns
    rows: int
    orders: int
    by_status: dict[str, int]
    sale_amount: int
    first: tuple[Fact, ...]
    problems: tuple[Problem, ...]
    problem_count: int


async def reading_now() -> Reading:
    store = tenants.current()
    async with tenants.transaction():
        slots = await external_sales.slots()
    return Reading(currency=store.currency, zone=ZoneInfo(store.time_zone), now=now(), slots=slots)


async def look_at(path: Path) -> Preview:
    """Raises UnknownTable, UnreadableFile, FileTooLong."""
    reading = await reading_now()
    return await asyncio.to_thread(_preview, path, reading)


def _preview(path: Path, reading: Reading) -> Preview:
    columns, found = external_sales.read(path, reading)
    facts, problems = list[Fact](), list[Problem]()
    orders, states, rows, count, amount = set[str](), Counter[str](), 0, 0, 0
    for _number, one in found:
        rows += 1
        if isinstance(one, Problem):
            count += 1
            problems += [one] if len(problems) < SHOWN else []
            continue
        orders.add(one.order_number)
        states[one.status] += 1
        amount += one.sale_amount
        facts += [one] if len(facts) < SHOWN // 5 else []
    return Preview(
        columns=columns, rows=rows, orders=len(orders), by_status=dict(states), sale_amount=amount, first=tuple(facts),
        problems=tuple(problems), problem_count=count,
    )  # fmt: skip


async def read_sales_file(run_id: UUID, path: Path) -> None:
    """Take the whole file in, batch by batch. Raises what makes a whole file unreadable, after recording it."""
    async with tenants.transaction():
        if not await imports.begin_run(run_id):
            return
    try:
        _columns, found = external_sales.read(path, await reading_now())
        while batch := await asyncio.to_thread(lambda: list(islice(found, BATCH))):
            await _write(run_id, batch)
    except Refusal as refusal:
        async with tenants.transaction():
            await imports.fail_run(run_id, refusal.code, refusal.details)
        raise
    async with tenants.transaction():
        await imports.finish_run(run_id)


async def _write(run_id: UUID, batch: list[tuple[int, Fact | Problem]]) -> None:
    facts = [one for _number, one in batch if isinstance(one, Fact)]
    problems = [one for _number, one in batch if isinstance(one, Problem)]
    async with tenants.transaction():
        taken = await external_sales.take_in(facts, source="file", source_id=run_id)
        progress = imports.Progress(
            products=taken.new, variants=taken.changed, images=taken.same, errors=len(problems),
            rows_read=max(number for number, _one in batch),
        )  # fmt: skip
        await imports.advance_run(run_id, progress, [_issue(each) for each in problems])
        if taken.new or taken.changed:
            await outbox.post("external_sales.settle", key="external_sales.settle")


def _issue(problem: Problem) -> imports.Issue:
    return imports.Issue(problem.row, problem.column, "error", problem.code, problem.details)


async def bad_rows_of(path: Path) -> tuple[list[str], list[Problem]]:
    """The columns of the file, and its bad rows as they came."""
    reading = await reading_now()
    return await asyncio.to_thread(_bad_rows, path, reading)


def _bad_rows(path: Path, reading: Reading) -> tuple[list[str], list[Problem]]:
    columns, found = external_sales.read(path, reading)
    return [*columns.names.values(), *columns.unused], list(_problems(found))


def _problems(found: Iterable[tuple[int, Fact | Problem]]) -> Iterator[Problem]:
    return (one for _number, one in found if isinstance(one, Problem))
