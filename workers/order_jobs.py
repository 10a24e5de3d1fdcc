"""Jobs over many orders: exports, stacks of packing slips, one act on each."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders
from app.flows.cancel_order import cancel_order
from app.flows.order_search import Found
from app.flows.run_order_job import Act, note_order, run_order_job, tag_order
from app.kernel.errors import NotFound
from app.orders import OrderJob
from infra.storage.obstore import storage
from workers.context import Handler, JobContext

LOST = "lost"


async def run(ctx: JobContext, job_id: str) -> None:
    """Safe to run twice: a job that is over is left alone, a broken one starts over. Unknown ones are nobody's."""
    try:
        async with tenants.transaction():
            job = await orders.find_job(UUID(job_id))
    except NotFound:
        return
    try:
        await run_order_job(job.id, ACTS.get(job.kind))
    except Exception:
        if ctx.last:
            async with tenants.transaction():
                await orders.finish_job(job.id, failure=LOST)
        raise


async def cancel_unpaid(job: OrderJob, one: Found) -> None:
    """Only what is not paid: money is never given back to many at once. Raises NotEditable, TooLateToCancel."""
    async with tenants.transaction():
        order = await orders.find(one.id)
    if order.status == "canceled":
        return
    if order.payment_status != "unpaid":
        raise orders.NotEditable
    await cancel_order(one.id, actor=job.created_by_name, cause="canceled_by_merchant")


async def expire_files() -> None:
    """Files of the bound store whose time is over are deleted; the list still says that they were.

    The row lets go of its file last, so a file that was not deleted is found again.
    """
    async with tenants.transaction():
        over = await orders.jobs_over()
    for _job, key in over:
        if key:
            await storage().delete(key)
    if over:
        async with tenants.transaction():
            await orders.expire_jobs([job for job, _key in over])


ACTS: dict[str, Act] = {"cancel": cancel_unpaid, "tag": tag_order, "note": note_order}
HANDLERS: dict[str, Handler] = {"orders.job": run}
