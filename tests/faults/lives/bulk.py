"""The life of jobs over many orders: files are written and thrown away, and one thing is done to each order once."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import tenants
from app import orders
from app.kernel.ids import new_id
from infra.storage.obstore import storage
from tenants import outbox
from tests import builders_selling
from tests.builders_selling import Offer
from tests.faults import jobs
from tests.faults.life import Life, flows
from workers import order_jobs
from workers.context import JobContext
from workers.order_jobs import expire_files

ELSEWHERE = ("payments.", "fulfillment.", "attribution.", "commissions.")
BY = (UUID(int=7), "Su He")
CALLED_OFF = "canceled"


class Broken(Exception):
    """What nobody foresaw."""


async def prepare() -> Offer:
    return await builders_selling.offer(stock=20)


async def live(made: Offer) -> None:
    paid, waiting = await builders_selling.paid_order(made), await builders_selling.order(made)
    for kind, words in (("orders_xlsx", ""), ("tag", "gift"), ("note", "call first"), ("lines_xlsx", "")):
        await _ask(kind, paid.number, waiting.number, words=words)
    await _ask("packing_slips", paid.number)
    await _ask("packing_slips", waiting.number)  # nothing to print
    await _work()
    await _ask("cancel", paid.number, waiting.number)
    await _work()
    await _fail_for_good(paid.number)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE order_job SET expires_at = now() - interval '1 minute' WHERE kind = 'lines_xlsx'"
        )
    await expire_files()


async def mend() -> None:
    """Leases run out, and the clock throws away what is over."""
    await _work()
    await expire_files()


async def _ask(kind: str, *numbers: str, words: str = "") -> UUID:
    async with tenants.transaction():
        job = await orders.write_job(
            kind, filters={}, numbers=numbers, every=False, personal=True, words=words, locale="en", by=BY
        )
        await outbox.post("orders.job", queue="bulk", key=f"orders.job:{job.id}", job_id=str(job.id))
    return job.id


async def _work() -> None:
    for _ in range(2):
        await jobs.make_everything_due(except_kind="payments.expire_order")
        await jobs.work(*ELSEWHERE)


async def _fail_for_good(number: str) -> None:
    """The last attempt of a job that cannot be done says so."""

    async def break_down(*_: object) -> None:
        raise Broken

    kept = order_jobs.ACTS["tag"]
    order_jobs.ACTS["tag"] = break_down
    try:
        job = await _ask("tag", number, words="never")
        with suppress(Broken):
            await order_jobs.run(JobContext(new_id(), "orders.job", 3, 3), str(job))
        await _work()
    finally:
        order_jobs.ACTS["tag"] = kept


async def disagreements() -> list[str]:
    """Every job is over, every order was touched once, and there is a file for each list and no other."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id, kind, status, failure, file_key, words FROM order_job")
        touched = await tenants.connection().fetch(
            "SELECT number, status, payment_status, tags, (SELECT count(*) FROM order_note"
            " WHERE order_note.order_id = orders.id AND order_note.text = 'call first') AS notes FROM orders"
        )
    found = await jobs.undone(*ELSEWHERE)
    found += [f"job not over: {dict(row)}" for row in rows if row["status"] in ("queued", "running")]
    kept, needed = (
        {key async for key in storage().keys(tenants.current().id)},
        {row["file_key"] for row in rows} - {None},
    )
    found += [f"file lost: {key}" for key in needed - kept] + [f"file nobody knows: {key}" for key in kept - needed]
    done = {row["kind"] for row in rows if row["status"] == "ready"}
    for row in touched:
        if row["tags"].count("gift") != ("tag" in done) or row["notes"] != ("note" in done):
            found.append(f"touched otherwise than once: {dict(row)}")
        if "cancel" in done and (row["status"] == CALLED_OFF) == (row["payment_status"] == "paid"):
            found.append(f"called off otherwise than unpaid: {dict(row)}")
    return found


LIFE = Life(
    files=(*flows("run_order_job"), "workers/order_jobs.py"),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, calls=frozenset({"storage()"}),
)  # fmt: skip
