"""Jobs around what was sold elsewhere: files and shops are read, lines are looked at."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

import structlog

import tenants
from app import imports
from app.flows.pull_sales import pull_sales
from app.flows.read_sales_file import read_sales_file
from app.flows.settle_elsewhere import lines_due, settle_elsewhere
from app.kernel.errors import NotFound, Refusal
from infra.marketplace.port import MarketplaceUnavailable
from infra.storage.obstore import storage
from tenants import outbox
from workers.context import Handlers, JobContext, Retry

log = structlog.get_logger()


async def read_file(context: JobContext, run_id: str) -> None:
    """Safe to run twice: a run that is done is left alone, a broken one starts over."""
    async with tenants.transaction():
        run = await imports.find_run(UUID(run_id))
    if run.done:
        return
    with tempfile.TemporaryDirectory(prefix="sales-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            async for chunk in storage().stream(run.file_key):
                file.write(chunk)
        try:
            await read_sales_file(run.id, path)
        except Refusal as refusal:
            log.info("external_sales.file_refused", run=run_id, code=refusal.code)


async def pull(context: JobContext, shop_id: str) -> None:
    """Read one shop; go on at once while there is more. Without a clear answer it is asked for again later."""
    try:
        more = await pull_sales(UUID(shop_id))
    except MarketplaceUnavailable as error:
        raise Retry(str(error)) from error
    except NotFound:
        return
    if more:
        async with tenants.transaction():
            key = f"external_sales.pull:{shop_id}"
            await outbox.post("external_sales.pull", queue="bulk", key=key, shop_id=shop_id)


async def settle(context: JobContext) -> None:
    """Every line somebody should look at; one line is one transaction, so a crash loses nothing."""
    after: UUID | None = None
    while found := await lines_due(after):
        for line in found:
            await settle_elsewhere(line)
        after = found[-1]


HANDLERS: Handlers = {
    "external_sales.read_file": read_file,
    "external_sales.pull": pull,
    "external_sales.settle": settle,
}
