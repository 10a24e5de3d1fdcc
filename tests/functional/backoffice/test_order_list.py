"""The order list: filters, saved views, and things done to many orders."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

import tenants
from app import orders
from app.flows import order_search
from tenants import Tenant, platform
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

ENGLISH = {"Accept-Language": "en"}


async def _listed(visitor: Any, **filters: str) -> set[str]:
    page = (await visitor.get(admin(f"/orders?{urlencode(filters)}"), headers=ENGLISH)).text
    return set(re.findall(r'name="numbers" value="(T\d+)"', page))


async def _many(visitor: Any, **form: Any) -> Any:
    return await visitor.submit(admin("/order-jobs"), form, page=admin("/orders"))


async def test_every_filter_narrows_the_list(visitor: Any, shop: Tenant) -> None:
    peaches = await selling.offer(title="Peaches", price=1000)
    paid, dear = await selling.paid_order(peaches), await selling.order(await selling.offer(title="Tea", price=90000))
    async with tenants.transaction():
        await orders.set_tags(dear.order_id, ["gift"])
        await tenants.connection().execute(
            "UPDATE orders SET placed_at = '2020-03-01T00:30:00+08:00' WHERE id = $1", dear.order_id
        )
        sku = await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", peaches.variant)
    await sign_in(visitor, await staff_of(shop, "read_only"))

    assert await _listed(visitor) == {paid.number, dear.number}
    assert await _listed(visitor, payment_status="paid") == {paid.number}
    assert await _listed(visitor, min="500") == {dear.number}
    assert await _listed(visitor, max="500") == {paid.number}
    assert await _listed(visitor, item=sku) == {paid.number}
    assert await _listed(visitor, item="tea") == {dear.number}
    assert await _listed(visitor, tag="gift") == {dear.number}
    assert await _listed(visitor, to="2020-02-29") == set()
    assert await _listed(visitor, **{"from": "2020-03-01", "to": "2020-03-01"}) == {dear.number}, "by the store's clock"
    assert await _listed(visitor, q="xiaoya") == {paid.number, dear.number}
    assert await _listed(visitor, q=dear.number[-6:]) >= {dear.number}
    assert await _listed(visitor, q="%") == set()
    assert await _listed(visitor, refund="failed") == set()
    assert await _listed(visitor, aftersale="open") == set()
    assert await _listed(visitor, **{"from": "not a day", "min": "much"}) == {paid.number, dear.number}


async def test_counting_stops_where_it_would_cost(visitor: Any, shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_search, "MOST_COUNTED", 2)
    for _ in range(3):
        await selling.order()
    await sign_in(visitor, await staff_of(shop, "read_only"))

    assert "2+" in (await visitor.get(admin("/orders"), headers=ENGLISH)).text


async def test_a_view_is_saved_shared_and_removed_by_its_owner(
    visitor: Any, another_visitor: Any, shop: Tenant
) -> None:
    await selling.order()
    await sign_in(visitor, await staff_of(shop, "manager"))
    await sign_in(another_visitor, await staff_of(shop, "picker"))
    page = admin("/orders?payment_status=unpaid")
    save = admin("/order-views")

    await visitor.submit(save, {"name": "My unpaid", "filters": "payment_status=unpaid"}, page=page)
    await visitor.submit(save, {"name": "Ours", "filters": "payment_status=unpaid&x=1", "shared": "true"}, page=page)

    theirs = (await another_visitor.get(admin("/orders"))).text
    assert "Ours" in theirs
    assert "My unpaid" not in theirs
    async with tenants.transaction():
        view_id = await tenants.connection().fetchval("SELECT id FROM order_view WHERE name = 'Ours'")
    removal = admin(f"/order-views/{view_id}/removal")
    assert (await another_visitor.submit(removal, page=page)).status_code == 404
    assert (await visitor.submit(removal, page=page)).status_code == 303
    assert "Ours" not in (await another_visitor.get(admin("/orders"))).text


async def test_an_export_is_fetched_by_whoever_may_and_is_in_the_audit_log(
    visitor: Any, another_visitor: Any, shop: Tenant
) -> None:
    placed = await selling.order()
    await sign_in(visitor, await staff_of(shop, "manager"))
    await sign_in(another_visitor, await staff_of(shop, "finance"))

    started = await _many(visitor, kind="orders_csv", every="true", filters="status=placed")
    file = f"{admin(started.headers['location'])}/file"
    answer = await visitor.get(file)

    assert placed.number in answer.text
    assert "Lin Xiaoya" in answer.text
    assert answer.headers["content-disposition"].endswith('.csv"')
    assert (await another_visitor.get(file)).status_code == 403, "it holds names, and finance sees none"
    async with platform.transaction() as database:
        assert await database.fetchval(
            "SELECT count(*) FROM audit_entry WHERE action = 'orders.export' AND tenant = $1", shop.id
        )
    mine = await another_visitor.submit(
        admin("/order-jobs"), {"kind": "orders_csv", "numbers": placed.number}, page=admin("/orders")
    )
    assert "Lin Xiaoya" not in (await another_visitor.get(f"{admin(mine.headers['location'])}/file")).text


async def test_a_role_that_may_only_look_exports_nothing(visitor: Any, shop: Tenant) -> None:
    placed = await selling.order()
    await sign_in(visitor, await staff_of(shop, "read_only"))

    for kind in ("orders_csv", "orders_xlsx", "cancel", "tag"):
        answer = await _many(visitor, kind=kind, numbers=placed.number, words="x", sure="true")
        assert answer.status_code == 403, kind
    async with tenants.transaction():
        assert await orders.recent_jobs() == []


@pytest.mark.parametrize(
    "form",
    [{"kind": "tag", "words": "gift"}, {"kind": "tag", "every": "true"}, {"kind": "cancel", "every": "true"},
     {"kind": "steal", "every": "true"}],
)  # fmt: skip
async def test_a_job_that_says_too_little_is_not_started(visitor: Any, shop: Tenant, form: dict[str, str]) -> None:
    await selling.order()
    await sign_in(visitor, await staff_of(shop, "owner"))

    assert (await _many(visitor, **form)).status_code == 422
    async with tenants.transaction():
        assert await orders.recent_jobs() == []


async def test_a_started_job_shows_how_far_it_is(visitor: Any, shop: Tenant) -> None:
    placed = await selling.order()
    await sign_in(visitor, await staff_of(shop, "owner"))

    started = await _many(visitor, kind="tag", words="gift", numbers=placed.number)

    page = (await visitor.get(admin(started.headers["location"]), headers=ENGLISH)).text
    assert "Waiting to start" in page
    assert await selling.jobs("orders.job") == 1
    assert "tag" in (await visitor.get(admin("/order-jobs"), headers=ENGLISH)).text.lower()
