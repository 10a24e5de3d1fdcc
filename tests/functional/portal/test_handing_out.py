"""A leader with a telephone: what came, a code, handed out, taken back, somebody reminded."""

from __future__ import annotations

import pytest

import tenants
from app import aftersales, orders, pickups
from app.flows.place_order import Placed
from app.kernel import limits
from app.pickups import Point
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_pickups as points
from tests.builders_aftersales import ship
from tests.functional.conftest import Visitor, own_address
from tests.functional.portal.test_hosting import _approved
from tests.invariants import check

POINT = {"name": "Lake Road 8", "recipient": "Aunt Wang", "phone": "13900001111", **points.ADDRESS}


def _host(path: str) -> str:
    return own_address("host", path)


@pytest.fixture
async def leader(shop: Tenant, visitor: Visitor) -> Promoter:
    visitor.headers["Accept-Language"] = "en"
    return await _approved(shop, visitor)


async def _code(placed: Placed) -> str:
    return (await points.pickup_of(placed)).code


async def _batch(leader: Promoter) -> tuple[Point, Placed]:
    here, buy = await points.point(leader), await points.community(title="Greens for tomorrow")
    placed = await points.order_at(buy, here)
    await points.cut_off(buy)
    return here, placed


async def test_a_point_that_was_asked_for_waits_for_the_store(leader: Promoter, visitor: Visitor) -> None:
    new = _host("/pickups/points/new")
    refused = await visitor.submit(new, POINT | {"name": "", "street": ""}, page=new)

    asked = await visitor.submit(new, POINT, page=new)

    assert refused.status_code == 422
    assert asked.status_code == 303, asked.text
    async with tenants.transaction():
        (point,) = await pickups.points_of(leader.id)
    assert (point.status, point.is_open, point.address) == ("pending", False, points.ADDRESS)
    assert "Waits for the store" in (await visitor.get(_host("/pickups"))).text


async def test_from_the_code_to_the_goods(shop: Tenant, leader: Promoter, visitor: Visitor) -> None:
    _here, placed = await _batch(leader)
    code = await _code(placed)
    look = _host(f"/pickups/check?code={code}")
    assert "Greens for tomorrow" in (await visitor.get(_host("/pickups"))).text
    shown = (await visitor.get(look)).text
    assert "Lin Xiaoya" not in shown
    assert placed.number in shown

    handed = await visitor.submit(_host("/pickups/collection"), {"code": code}, page=look)
    again = await visitor.submit(_host("/pickups/collection"), {"code": code}, page=_host("/pickups"))
    after = _host(handed.headers["Location"])
    words = (await visitor.get(after)).text
    undone = await visitor.submit(f"{after}/undo", page=after)

    assert handed.status_code == again.status_code == 303
    assert "before" in words
    assert undone.status_code == 303
    assert (await points.pickup_of(placed)).status == "arrived"
    await check(shop)


async def test_wrong_codes_are_refused_and_then_limited(
    shop: Tenant, leader: Promoter, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PICKUP_CODES", limits.Limit("pickup_codes", 3, 0.01))
    _here, placed = await _batch(leader)

    wrong = [(await visitor.get(_host("/pickups/check?code=22222222"))).status_code for _ in range(5)]
    right = await visitor.submit(
        _host("/pickups/collection"), {"code": await _code(placed)}, page=_host("/pickups/points/new")
    )

    assert wrong == [404, 404, 404, 429, 429]
    assert right.status_code == 429
    assert (await points.pickup_of(placed)).status == "waiting"


async def test_the_whole_batch_arrives_and_late_comers_are_reminded(leader: Promoter, visitor: Visitor) -> None:
    _here, placed = await _batch(leader)
    async with tenants.transaction():
        (batch,) = await pickups.batches_of_leader(leader.id)
    page = _host(f"/pickups/batches/{batch.id}")

    await visitor.submit(f"{page}/arrival", page=page)
    arrived = (await visitor.get(page)).text
    await visitor.submit(f"{page}/reminder", page=page)

    assert "1 shopper is told" in arrived
    assert (await points.pickup_of(placed)).status == "arrived"
    assert "1 shopper is reminded" in (await visitor.get(page)).text


async def test_damaged_goods_become_a_claim_of_the_shoppers(shop: Tenant, leader: Promoter, visitor: Visitor) -> None:
    _here, placed = await _batch(leader)
    page = _host(f"/pickups/orders/{placed.order_id}")
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    wish = {"line": str(line.id), "units": "1", "reason": "damaged", "words": "Box was open"}

    await visitor.submit(f"{page}/problem", wish, page=page)
    nothing_left_the_warehouse = (await visitor.get(page)).text
    await ship(placed.order_id)
    await visitor.submit(f"{page}/problem", wish, page=page)

    assert "nothing in this order that can be sent back" in nothing_left_the_warehouse
    async with tenants.transaction():
        (claim,) = await aftersales.of_order(placed.order_id)
    assert (claim.kind, claim.reason) == ("claim", "damaged")
    await check(shop)


async def test_somebody_elses_pickups_are_not_found(shop: Tenant, leader: Promoter, visitor: Visitor) -> None:
    here, buy = await points.point(), await points.community()
    placed = await points.order_at(buy, here)
    await points.cut_off(buy)
    async with tenants.transaction():
        (batch,) = await pickups.batches_of_leader(here.leader)

    for path in (f"/pickups/orders/{placed.order_id}", f"/pickups/batches/{batch.id}", f"/pickups/points/{here.id}"):
        assert (await visitor.get(_host(path))).status_code == 404
    for path in (f"/pickups/orders/{placed.order_id}/undo", f"/pickups/batches/{batch.id}/arrival"):
        assert (await visitor.submit(_host(path), page=_host("/pickups/points/new"))).status_code == 404


async def test_a_receipt_explains_the_share_for_handing_out(leader: Promoter, visitor: Visitor) -> None:
    here, buy = await points.point(leader), await points.community(price=2999)
    placed = await points.order_at(buy, here)
    await points.attribute(placed)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)

    receipt = (await visitor.get(_host(f"/receipts/{line.id}"))).text

    assert "for handing out" in (await visitor.get(_host("/earnings"))).text
    assert "for handing out: ¥29.99 goods × 3%" in receipt
    assert "¥0.89" in receipt
