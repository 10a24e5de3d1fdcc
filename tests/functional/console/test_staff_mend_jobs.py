"""Staff see what died and let it be tried again."""

from __future__ import annotations

from uuid import UUID

import tenants
from tenants import Tenant
from tests.builders_console import dead_job, sign_in_as_staff
from tests.functional.conftest import Visitor, own_address


async def _job(job_id: UUID) -> dict[str, object]:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT status, attempts, max_attempts, last_error FROM outbox WHERE id = $1", job_id
        )
    assert row is not None
    return dict(row)


async def test_a_dead_job_is_shown_with_its_error(visitor: Visitor, shop: Tenant) -> None:
    await dead_job("fulfillment.push_work_order")
    await sign_in_as_staff(visitor, "viewer")

    answer = await visitor.get(own_address("staff", f"/jobs?store={shop.slug}"))

    assert "fulfillment.push_work_order" in answer.text
    assert "the provider said 500" in answer.text
    assert "/retries" not in answer.text


async def test_a_retried_job_is_due_and_keeps_its_attempts(visitor: Visitor, shop: Tenant) -> None:
    job_id = await dead_job()
    await sign_in_as_staff(visitor, "operator")

    answer = await visitor.submit(
        own_address("staff", f"/jobs/{shop.slug}/retries"), {"job_id": str(job_id)}, page=own_address("staff", "/jobs")
    )

    assert answer.status_code == 303
    assert await _job(job_id) == {
        "status": "due", "attempts": 12, "max_attempts": 15, "last_error": "the provider said 500"
    }  # fmt: skip
    assert str(job_id)[:8] in (await visitor.get(own_address("staff", f"/audit?store={shop.slug}"))).text


async def test_all_of_a_store_are_retried_and_no_other_stores(
    visitor: Visitor, shop: Tenant, other_shop: Tenant
) -> None:
    mine = [await dead_job(), await dead_job("catalog.fetch_pictures")]
    with tenants.bind(other_shop):
        theirs = await dead_job()
    await sign_in_as_staff(visitor)

    await visitor.submit(
        own_address("staff", f"/jobs/{shop.slug}/retries"), {}, page=own_address("staff", f"/jobs?store={shop.slug}")
    )

    assert [(await _job(job_id))["status"] for job_id in mine] == ["due", "due"]
    with tenants.bind(other_shop):
        assert (await _job(theirs))["status"] == "dead"


async def test_a_viewer_cannot_retry(visitor: Visitor, shop: Tenant) -> None:
    job_id = await dead_job()
    await sign_in_as_staff(visitor, "viewer")

    answer = await visitor.submit(
        own_address("staff", f"/jobs/{shop.slug}/retries"), {"job_id": str(job_id)}, page=own_address("staff", "/jobs")
    )

    assert answer.status_code == 403
    assert (await _job(job_id))["status"] == "dead"
