"""Work on many orders one after another: write a file of them, or do one thing to each.

Each order is a transaction of its own, so one that refuses costs only itself and is counted. Running again after a
crash does nothing twice: a canceled order is canceled, a tag is there, and a note is known by job and order.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid5

import tenants
from app import orders
from app.flows import order_search
from app.flows.order_documents import as_pdf, packing_slip, speaking
from app.flows.order_rows import rows_of
from app.flows.order_search import Found
from app.kernel.errors import Refusal
from app.kernel.sheets import Cell, XlsxFile
from app.orders import OrderJob, Paper
from infra.storage.obstore import storage
from infra.storage.port import object_key

MOST_SLIPS = 500
Act = Callable[[OrderJob, Found], Awaitable[None]]


class TooManySlips(Refusal):
    """More paper than one file should hold."""

    code = "orders.too_many_slips"
    status = 422
    message = "More than %(most)s packing slips at once are too many for one file. Narrow the list down."


async def run_order_job(job_id: UUID, act: Act | None) -> None:
    """Finish a queued job, or one that was broken off. `act` is what is done to each order; None writes a file."""
    async with tenants.transaction():
        job = await orders.find_job(job_id)
    if job.is_over:
        return
    with speaking(job.locale):
        try:
            key = await (_act(job, act) if act else _slips(job) if job.kind == "packing_slips" else _workbook(job))
        except Refusal as refusal:
            await _finish(job, failure=refusal.code)
            return
    await _finish(job, file_key=key)


async def _act(job: OrderJob, act: Act) -> None:
    done = refused = 0
    async for found in meant(job):
        for one in found:
            try:
                await act(job, one)
                done += 1
            except Refusal:
                refused += 1
        async with tenants.transaction():
            await orders.note_progress(job.id, done=done, refused=refused)


def meant(job: OrderJob) -> AsyncIterator[list[Found]]:
    return order_search.batches(job.filters, () if job.every else job.numbers, until=job.created_at)


async def tag_order(job: OrderJob, one: Found) -> None:
    """Tags of the job, beside those that are there."""
    async with tenants.transaction():
        order = await orders.lock(one.id)
        tags = orders.read_tags(",".join((*order.tags, job.words)))
        await orders.set_tags(one.id, tags)


async def note_order(job: OrderJob, one: Found) -> None:
    async with tenants.transaction():
        await orders.add_note(
            one.id, job.words, author=job.created_by, author_name=job.created_by_name, note_id=uuid5(job.id, one.number)
        )


async def _slips(job: OrderJob) -> str:
    papers: list[Paper] = []
    async for found in meant(job):
        if len(papers) + len(found) > MOST_SLIPS:
            raise TooManySlips(most=MOST_SLIPS)
        async with tenants.transaction():
            slips = [await packing_slip(await orders.find(one.id), job.locale) for one in found]
            await orders.note_progress(job.id, done=len(papers) + len(found))
        papers += [slip for slip in slips if slip.rows]
    if not papers:
        raise NothingToPrint
    return await _store(job, await as_pdf(papers), "pdf")


class NothingToPrint(Refusal):
    """None of these orders has anything to send."""

    code = "orders.nothing_to_print"
    status = 409
    message = "None of these orders has anything to send."


async def _workbook(job: OrderJob) -> str:
    done = -1  # the heading is no row
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "export.xlsx"
        with XlsxFile(path, tenants.current().name) as file:
            async for batch in rows_of(job):
                await asyncio.to_thread(_write, file, batch)
                done += len(batch)
                async with tenants.transaction():
                    await orders.note_progress(job.id, done=max(done, 0))
        return await _store(job, await asyncio.to_thread(path.read_bytes), "xlsx")


def _write(file: XlsxFile, batch: list[list[Cell]]) -> None:
    for cells in batch:
        file.row(cells)


async def _store(job: OrderJob, content: bytes, extension: str) -> str:
    """The key is the job's own: a second run leaves no second file, and no two jobs share one that is then deleted."""
    key = object_key(tenants.current().id, hashlib.sha256(job.id.bytes).hexdigest(), extension)
    await storage().put(key, content)
    return key


async def _finish(job: OrderJob, *, file_key: str | None = None, failure: str = "") -> None:
    async with tenants.transaction():
        await orders.finish_job(job.id, file_key=file_key, failure=failure)
