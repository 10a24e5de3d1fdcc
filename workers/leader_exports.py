"""Files of leaders' lists: written by a job, thrown away when their time is over."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying
from app.flows.leader_sheet import write_file
from app.kernel.errors import NotFound, Refusal
from infra.storage.obstore import storage
from workers.context import Handlers, JobContext


async def write(context: JobContext, *, export_id: str) -> None:
    """Safe to run twice: what is over is left alone, and a second file has the key of the first."""
    try:
        async with tenants.transaction():
            export = await group_buying.exports.find_export(UUID(export_id))
    except NotFound:
        return
    if export.status != "queued":
        return
    try:
        key, rows = await write_file(export)
    except Refusal as refusal:
        async with tenants.transaction():
            await group_buying.exports.finish(export.id, failure=refusal.code)
        return
    async with tenants.transaction():
        await group_buying.exports.finish(export.id, rows=rows, file_key=key)


async def expire_leader_exports() -> None:
    """The row lets go of its file last, so a file that was not deleted is found again."""
    async with tenants.transaction():
        over = await group_buying.exports.over()
    for _export, key in over:
        if key:
            await storage().delete(key)
    if over:
        async with tenants.transaction():
            await group_buying.exports.expire([export for export, _key in over])


HANDLERS: Handlers = {"group_buying.export": write}
