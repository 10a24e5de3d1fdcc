"""What a person must look at stands in one queue: raised once, closed when its cause is gone, resolved with a note."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import fulfillment, payments
from app.flows.look_after_exceptions import look_after_exceptions
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.resolve_exceptions import MixedKinds, reopen_exception, resolve_exceptions
from app.flows.retry_fulfillment import retry_fulfillment
from app.fulfillment import Exceptional, ExceptionResolved, Report, Shipped, StaysResolved, trouble
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests.builders_selling import paid_order


async def _planned() -> fulfillment.WorkOrder:
    placed = await paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def _held(reason: str) -> fulfillment.WorkOrder:
    work_order = await _planned()
    async with tenants.transaction():
        await fulfillment.hold_unsent(work_order.id, reason)
    return work_order


async def _open(**filters: object) -> list[Exceptional]:
    async with tenants.transaction():
        return (await fulfillment.exceptions(**filters)).items  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("address_refused: no street number", trouble.ADDRESS_REFUSED),
        ("unknown_sku: PEACH", trouble.WRONG_SKU),
        ("order_refused: closed today", trouble.REFUSED_BY_WAREHOUSE),
        ("The warehouse did not answer: timeout", trouble.SILENT_WAREHOUSE),
    ],
)
async def test_what_a_warehouse_refuses_is_one_exception_with_its_money(shop: Tenant, reason: str, kind: str) -> None:
    work_order = await _held(reason)

    await look_after_exceptions()
    await look_after_exceptions()

    (one,) = await _open()
    assert (one.kind, one.order_id, one.warehouse) == (kind, work_order.order_id, work_order.warehouse)
    assert (one.amount, one.currency) == (4390, shop.currency)
    assert one.params == {"reason": reason}


async def test_an_exception_closes_when_its_cause_is_gone(shop: Tenant) -> None:
    work_order = await _held("order_refused: closed today")

    await retry_fulfillment(work_order.id)

    assert await _open() == []
    (gone,) = await _open(status="resolved")
    assert gone.resolved_by == "system"


async def test_what_a_person_resolved_stays_resolved_until_it_happens_again(shop: Tenant) -> None:
    work_order = await _held("order_refused: closed today")
    (one,) = await _open()

    assert await resolve_exceptions([one.id, one.id], by="Su", note="Asked them by telephone") == 1
    assert await resolve_exceptions([one.id], by="Su", note="Twice") == 0
    await look_after_exceptions()
    assert await _open() == []

    await retry_fulfillment(work_order.id)
    async with tenants.transaction():
        await fulfillment.hold_unsent(work_order.id, "order_refused: still closed")
    assert [again.params["reason"] for again in await _open()] == ["order_refused: still closed"]


async def test_one_note_resolves_only_one_kind(shop: Tenant) -> None:
    await _held("address_refused: where")
    await _held("order_refused: why")
    chosen = [one.id for one in await _open()]

    with pytest.raises(MixedKinds):
        await resolve_exceptions(chosen, by="Su", note="Done")

    assert len(await _open()) == 2


async def test_resolving_by_hand_can_be_undone_where_it_makes_sense(shop: Tenant) -> None:
    work_order = await _held("address_refused: where")
    async with tenants.transaction():
        lost = await fulfillment.raise_exception(trouble.PARCEL_LOST, work_order=work_order.id)
    refused = next(one.id for one in await _open() if one.kind == trouble.ADDRESS_REFUSED)
    for each in (lost, refused):
        await resolve_exceptions([each], by="Su", note="Done")

    await reopen_exception(lost)
    with pytest.raises(StaysResolved):
        await reopen_exception(refused)

    assert [one.id for one in await _open()] == [lost]
    async with tenants.transaction():
        await fulfillment.resolve_exception(lost, by="Su")
        with pytest.raises(ExceptionResolved):
            await fulfillment.resolve_exception(lost, by="Su")


async def test_the_dearest_come_first_and_pages_follow_one_another(shop: Tenant) -> None:
    async with tenants.transaction():
        place = (await fulfillment.warehouses())[0].id
        for amount in (100, 300, 200):
            await fulfillment.raise_exception(
                trouble.RECONCILIATION_DIFFERENCE, subject=new_id(), warehouse=place, amount=amount, currency="CNY"
            )

    async with tenants.transaction():
        first = await fulfillment.exceptions(limit=2)
        second = await fulfillment.exceptions(limit=2, after=first.next)
        back = await fulfillment.exceptions(limit=2, before=second.previous)
        oldest = await fulfillment.exceptions(sort="age", warehouse=place)

    assert [[one.amount for one in page.items] for page in (first, second)] == [[300, 200], [100]]
    assert back.items == first.items
    assert [one.amount for one in oldest.items] == [100, 300, 200]
    assert await _open(older_than_s=3600) == []
    assert await _open(warehouse=new_id()) == []


async def test_what_is_not_handed_over_for_half_an_hour_is_told_once(shop: Tenant) -> None:
    work_order = await _planned()
    await look_after_exceptions()
    assert await _open() == []
    await _as_if_released_before(work_order.id, timedelta(minutes=31))

    await look_after_exceptions()
    await look_after_exceptions()
    assert [one.kind for one in await _open()] == [trouble.PUSH_STUCK]

    async with tenants.transaction():
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.mark_accepted(work_order.id, "W1")
    assert await _open() == []


async def _as_if_released_before(work_order: UUID, ago: timedelta) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET released_at = $2 WHERE id = $1", work_order, now() - ago
        )


async def test_a_parcel_in_trouble_is_an_exception_until_it_moves(shop: Tenant) -> None:
    work_order = await _planned()

    async def told(status: str, minutes: int) -> list[str]:
        async with tenants.transaction():
            await fulfillment.follow(Report("SF1", status, now() + timedelta(minutes=minutes), ()))
        return [one.kind for one in await _open()]

    async with tenants.transaction():
        await fulfillment.record(work_order, Shipped("SF1", "sf", "SF", now(), (), complete=False))

    assert await told("exception", 1) == [trouble.PARCEL_STUCK]
    assert await told("out_for_delivery", 2) == []
    assert await told("returned", 3) == [trouble.PARCEL_RETURNED]


async def test_news_that_fit_no_order_wait_for_a_person(shop: Tenant) -> None:
    async with tenants.transaction():
        await payments.quarantine("warehouse", "n-1", "{}", "names an order we do not have")
        await payments.quarantine("warehouse", "n-2", "{}", "parcel holds lines we did not order: x")
    await look_after_exceptions()

    assert sorted(one.kind for one in await _open()) == [trouble.QUARANTINED_NOTICE, trouble.UNKNOWN_PARCEL_LINES]

    async with tenants.transaction():
        for notice in (await payments.notices_aside()).items:
            await payments.handle_aside(notice.id, by="Su", note="Told the warehouse")
    await look_after_exceptions()
    assert await _open() == []


async def test_another_store_sees_none_of_it(shop: Tenant, other_shop: Tenant) -> None:
    await _held("order_refused: closed today")

    with tenants.bind(other_shop):
        assert await _open() == []
