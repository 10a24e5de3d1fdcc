"""Exports and acts on many orders."""

from __future__ import annotations

import csv
import io
import zipfile
from uuid import UUID

import pytest

import tenants
from app import orders
from app.flows import order_search
from app.flows.order_rows import csv_of
from app.kernel.ids import new_id
from infra.storage.obstore import storage
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check
from tests.pdf_text import text_of
from workers import order_jobs
from workers.context import JobContext

BY = (new_id(), "Su He")


async def _job(kind: str, *numbers: str, personal: bool = True, words: str = "", **filters: str) -> orders.OrderJob:
    async with tenants.transaction():
        return await orders.write_job(
            kind, filters=filters, numbers=numbers, every=not numbers, personal=personal, words=words, locale="en",
            by=BY,
        )  # fmt: skip


async def _run(job: orders.OrderJob) -> orders.OrderJob:
    await order_jobs.run(JobContext(UUID(int=1), "orders.job", 1, 3), str(job.id))
    async with tenants.transaction():
        return await orders.find_job(job.id)


async def _csv(job: orders.OrderJob) -> list[dict[str, str]]:
    text = "".join([piece async for piece in csv_of(job)])
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def _order(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def test_every_order_stands_in_the_export_once_however_small_the_batches(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_search, "BATCH", 2)
    made = [await selling.order() for _ in range(5)]

    rows = await _csv(await _job("orders_csv"))

    assert sorted(row["Order"] for row in rows) == sorted(placed.number for placed in made)
    assert {row["Total"] for row in rows} == {"43.90"}


async def test_lines_are_exported_with_their_amounts(shop: Tenant) -> None:
    placed = await selling.paid_order(
        await selling.offer(title="=Peaches", price=1000), await selling.offer(title="Tea", price=550), quantity=2
    )

    rows = await _csv(await _job("lines_csv", placed.number))

    assert [(row["Product"], row["Quantity"], row["Total"]) for row in rows] == [
        ("'=Peaches", "2", "20.00"), ("Tea", "2", "11.00"),
    ]  # fmt: skip


async def test_personal_data_is_left_out_for_who_may_not_see_it(shop: Tenant) -> None:
    await selling.order()

    (with_names,) = await _csv(await _job("orders_csv"))
    (without,) = await _csv(await _job("orders_csv", personal=False))

    assert with_names["Recipient"] == "Lin Xiaoya"
    assert not {"Recipient", "Phone number", "E-mail"} & without.keys()
    assert "Lin Xiaoya" not in str(without)


async def test_a_workbook_is_made_by_a_job_and_thrown_away_after_its_time(shop: Tenant) -> None:
    await selling.order()

    job = await _run(await _job("orders_xlsx"))

    assert (job.status, job.done, job.has_file) == ("ready", 1, True)
    content = await storage().get(str(job.file_key))
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE order_job SET expires_at = now() - interval '1 second'")
    await order_jobs.expire_files()
    assert not await storage().exists(str(job.file_key))
    async with tenants.transaction():
        assert (await orders.find_job(job.id)).status == "expired"


async def test_throwing_one_list_away_leaves_another_with_the_same_words_in_it(shop: Tenant) -> None:
    await selling.order()
    first, second = await _run(await _job("orders_xlsx")), await _run(await _job("orders_xlsx"))
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE order_job SET expires_at = now() - interval '1 second' WHERE id = $1", first.id
        )

    await order_jobs.expire_files()

    assert not await storage().exists(str(first.file_key))
    assert await storage().exists(str(second.file_key))


async def test_packing_slips_of_many_orders_are_one_file(shop: Tenant) -> None:
    first, second = await selling.paid_order(), await selling.paid_order()

    job = await _run(await _job("packing_slips", first.number, second.number))

    said = text_of(await storage().get(str(job.file_key)))
    assert first.number in said
    assert second.number in said


async def test_only_unpaid_orders_are_canceled_together(shop: Tenant) -> None:
    unpaid, paid = await selling.order(), await selling.paid_order()

    job = await _run(await _job("cancel"))

    assert (job.done, job.refused) == (1, 1)
    assert (await _order(unpaid.order_id)).status == "canceled"
    assert (await _order(paid.order_id)).status == "placed"
    await check(shop)


async def test_a_job_broken_off_does_nothing_twice(shop: Tenant) -> None:
    placed = await selling.order()
    for kind, words in (("tag", "gift, urgent"), ("note", "Wrap it")):
        job = await _job(kind, words=words)
        await _run(job)
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE order_job SET status = 'running' WHERE id = $1", job.id)
        await _run(job)

    async with tenants.transaction():
        notes = await orders.notes_of(placed.order_id)
    assert (await _order(placed.order_id)).tags == ["gift", "urgent"]
    assert [(note.text, note.author_name) for note in notes] == [("Wrap it", "Su He")]


async def test_orders_placed_after_the_job_was_started_are_left_alone(shop: Tenant) -> None:
    job = await _job("tag", words="before")
    placed = await selling.order()

    assert (await _run(job)).done == 0
    assert (await _order(placed.order_id)).tags == []


async def test_another_stores_job_is_not_found(shop: Tenant, other_shop: Tenant) -> None:
    job = await _job("tag", words="mine")

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await orders.recent_jobs() == []
        await order_jobs.run(JobContext(UUID(int=1), "orders.job", 1, 3), str(job.id))
