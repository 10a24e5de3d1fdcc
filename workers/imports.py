"""Jobs of catalog imports: the rows, then the pictures that came along, then those that have to be fetched."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

import tenants
from app import catalog, imports
from app.flows import store_pictures
from app.flows.import_products import import_products
from infra.storage.obstore import storage
from infra.storage.port import ObjectMissing
from tenants import outbox
from workers.context import Handler, JobContext, Retry

log = structlog.get_logger()

FETCH_ATTEMPTS = 6


async def run(ctx: JobContext, run_id: str) -> None:
    """Import the rows of one file. Safe to run twice: a run that is done is left alone, a broken one starts over."""
    known = UUID(run_id)
    async with tenants.transaction():
        job = await imports.find_run(known)
    if job.status in ("queued", "running"):
        try:
            async with _local_copy(job.file_key) as path:
                await import_products(known, path)
        except catalog.FileError as refusal:
            log.info("import.refused", run=run_id, code=refusal.code)
            return
    async with tenants.transaction():
        await outbox.post("imports.collect_pictures", queue="bulk", key=f"imports:collect:{run_id}", run_id=run_id)


async def collect_pictures(ctx: JobContext, run_id: str, after: str = "") -> None:
    """Match the uploaded zip, if there is one, then ask for every picture that has an address."""
    async with tenants.transaction():
        job = await imports.find_run(UUID(run_id))
    if job.images_key and not after:
        try:
            async with _local_copy(job.images_key) as path:
                found = await store_pictures.store_archive(path)
                log.info("import.pictures_matched", run=run_id, pictures=found)
        except (zipfile.BadZipFile, ObjectMissing) as error:
            log.info("import.archive_unreadable", run=run_id, error=type(error).__name__)
    async with tenants.transaction():
        awaited = await catalog.pictures_awaited(UUID(after) if after else None)
        for picture in awaited:
            if picture.source.startswith(("http://", "https://")):
                await outbox.post(
                    "imports.fetch_image", queue="bulk", key=f"picture:{picture.id}", max_attempts=FETCH_ATTEMPTS,
                    picture_id=str(picture.id),
                )  # fmt: skip
        if awaited:
            await outbox.post(
                "imports.collect_pictures", queue="bulk", delay=timedelta(seconds=2), run_id=run_id,
                after=str(awaited[-1].id),
            )  # fmt: skip


async def fetch_image(ctx: JobContext, picture_id: str) -> None:
    """Fetch one picture. An address that never answers is no dead letter: the picture waits, with the reason shown."""
    if not await store_pictures.fetch_picture(UUID(picture_id), last=ctx.last):
        raise Retry("the address did not answer")


@asynccontextmanager
async def _local_copy(key: str) -> AsyncIterator[Path]:
    """The stored file on this machine's disk while the block runs, so that reading it needs no memory."""
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            async for chunk in storage().stream(key):
                file.write(chunk)
        yield path


HANDLERS: dict[str, Handler] = {
    "imports.run": run,
    "imports.collect_pictures": collect_pictures,
    "imports.fetch_image": fetch_image,
}
