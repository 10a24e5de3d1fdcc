"""Pushing, canceling and shipping through the port, against the running simulator."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime

import httpx
import pytest

from infra.carrier.kuaidi100 import Kuaidi100
from infra.http import Outside
from infra.warehouse.jushuitan import Jushuitan
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Receiver,
    ShipmentNotice,
    StockNotice,
    WarehouseAccount,
    WarehouseLine,
    WarehouseOrder,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.simulator.office import Behavior, RegisterApp, SimulatorOffice, StockLevel
from tests.contract.conftest import Listener, Server, eventually

QUICK = Behavior(ship_ms=50, transit_ms=50, out_ms=250, delivered_ms=450)
RESTING = Behavior(ship_ms=3_600_000)


@pytest.fixture
def office(simulator: Server, outside: Outside) -> SimulatorOffice:
    return SimulatorOffice(simulator.url, outside)


@pytest.fixture
async def account(simulator: Server, office: SimulatorOffice, listener: Listener) -> WarehouseAccount:
    key = f"app-{uuid.uuid4().hex}"
    addresses = (f"{listener.url}/webhooks/warehouse/x", f"{listener.url}/webhooks/carrier/x")
    await office.register(RegisterApp(key, "s3cret", "token", *addresses, carrier_salt="salt"))
    return WarehouseAccount(key, "s3cret", "token", simulator.url, 1)


@pytest.fixture
def warehouse(account: WarehouseAccount, outside: Outside) -> Jushuitan:
    return Jushuitan(account, outside)


def line(line_id: str = "1", sku: str = "TEA-1", quantity: int = 2) -> WarehouseLine:
    return WarehouseLine(line_id, sku, "Oolong 高山烏龍", quantity, 9_900, referrer_id="host-7")


def order(reference: str = "S1", *lines: WarehouseLine) -> WarehouseOrder:
    now = datetime.now(UTC)
    to = Receiver("王小明", "13800000000", "文一路1号", state="浙江省", city="杭州市", district="西湖区")
    return WarehouseOrder(reference, now, now, "c-1", to, lines or (line(),), "CNY", 9_900)


def shown(warehouse: Jushuitan, listener: Listener) -> list[Notice]:
    notices: list[Notice] = []
    for told in listener.received:
        if told.path.startswith("/webhooks/warehouse"):
            now = datetime.now(UTC)
            notices += warehouse.parse_callback(headers=told.headers, query="", body=told.body, now=now)
    return notices


async def test_the_same_reference_often_is_one_shipment(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, QUICK)

    receipts = await asyncio.gather(*(warehouse.push_order(order()) for _ in range(5)))
    await listener.wait_for(1, "/webhooks/warehouse")
    await warehouse.push_order(order())

    (count,) = await office.counts(account.app_key)
    assert len(set(receipts)) == 1
    assert (count.received, count.shipped, count.parcels, count.status) == (6, 1, 1, "Sent")


async def test_an_order_ships_and_its_parcel_is_followed_to_the_door(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, QUICK)
    await warehouse.push_order(order())
    pushes = await listener.wait_for(3, "/webhooks/carrier")

    (notice,) = shown(warehouse, listener)
    tracked = [Kuaidi100("salt").parse_push(push.body) for push in pushes]
    assert isinstance(notice, ShipmentNotice)
    assert [(item.line_id, item.sku, item.quantity) for item in notice.parcel.lines] == [("1", "TEA-1", 2)]
    assert notice.complete
    assert [one.status for one in tracked] == ["in_transit", "out_for_delivery", "delivered"]
    expected = (notice.parcel.tracking_number, notice.parcel.carrier_code)
    assert {(one.tracking_number, one.carrier_code) for one in tracked} == {expected}
    state = await warehouse.query_order("S1")
    assert state
    assert (state.status, state.parcels) == ("shipped", (notice.parcel,))


async def test_the_hosts_code_travels_with_each_line(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, simulator: Server
) -> None:
    await office.behave(account.app_key, RESTING)
    await warehouse.push_order(order(f"S-{account.app_key}"))

    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(simulator.url)

    assert f"S-{account.app_key}" in page.text
    assert "host-7" in page.text
    assert "王小明" not in page.text


async def test_an_order_can_be_stopped_before_it_leaves(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, RESTING)
    await warehouse.push_order(order())

    await warehouse.cancel_order("S1", "changed their mind")
    await warehouse.cancel_order("S1")
    await listener.wait_for(1)

    (notice,) = shown(warehouse, listener)
    assert isinstance(notice, CancelNotice)
    assert (notice.reference, notice.reason) == ("S1", "changed their mind")
    state = await warehouse.query_order("S1")
    assert state
    assert state.status == "canceled"


async def test_an_order_that_left_cannot_be_stopped(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, QUICK)
    await warehouse.push_order(order())
    await listener.wait_for(1)

    with pytest.raises(WarehouseRejected, match="already_shipped"):
        await warehouse.cancel_order("S1")


async def test_an_unknown_reference_is_a_clear_answer(warehouse: Jushuitan) -> None:
    assert await warehouse.query_order("never") is None
    with pytest.raises(WarehouseRejected, match="unknown_order"):
        await warehouse.cancel_order("never")


async def test_a_split_order_comes_in_two_parcels_with_every_piece(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, Behavior(ship_ms=20, split=True))
    await warehouse.push_order(order("S1", line("1", "A", 3)))
    await listener.wait_for(2, "/webhooks/warehouse")

    parcels = [notice for notice in shown(warehouse, listener) if isinstance(notice, ShipmentNotice)]
    assert sorted(notice.parcel.lines[0].quantity for notice in parcels) == [1, 2]
    assert sorted(notice.complete for notice in parcels) == [False, True]
    assert len({notice.parcel.tracking_number for notice in parcels}) == 2


async def test_a_wrong_sku_is_refused_for_good(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice
) -> None:
    await office.behave(account.app_key, Behavior(unknown_skus=("TEA-1",)))

    with pytest.raises(WarehouseRejected, match="商品编码不存在"):
        await warehouse.push_order(order())


async def test_stock_is_told_and_can_be_asked_for(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, RESTING)
    await office.set_stock(account.app_key, [StockLevel("TEA-1", 10), StockLevel("TEA-2", 5)])
    await warehouse.push_order(order())
    await listener.wait_for(2)

    page = await warehouse.pull_stock()
    later = await warehouse.pull_stock(page.cursor)

    told = {n.sku: n.available for n in shown(warehouse, listener) if isinstance(n, StockNotice)}
    assert told == {"TEA-1": 10, "TEA-2": 5}
    assert {level.sku: level.available for level in page.levels} == {"TEA-1": 8, "TEA-2": 5}
    assert not page.more
    assert not later.more


@pytest.mark.parametrize(
    ("manners", "arrived"),
    [
        (Behavior(error_bps=10_000), 0),
        (Behavior(error_after_done_bps=10_000), 1),
        (Behavior(truncate_bps=10_000), 1),
    ],
)
async def test_bad_manners_are_worth_another_try_and_never_a_second_parcel(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, manners: Behavior, arrived: int
) -> None:
    await office.behave(account.app_key, manners)
    with pytest.raises(WarehouseUnavailable):
        await warehouse.push_order(order())
    assert len(await office.counts(account.app_key)) == arrived
    await office.behave(account.app_key, QUICK)

    await warehouse.push_order(order())

    async def gone() -> int | None:
        (count,) = await office.counts(account.app_key)
        return count.shipped or None

    assert await eventually(gone) == 1


async def test_copies_and_wrong_order_name_the_same_parcel(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener
) -> None:
    await office.behave(account.app_key, Behavior(ship_ms=20, duplicate=2, shuffle=True))
    listener.refusals = 1
    await warehouse.push_order(order())
    await listener.wait_for(4, "/webhooks/warehouse")

    notices = [notice for notice in shown(warehouse, listener) if isinstance(notice, ShipmentNotice)]
    assert len({notice.notice_id for notice in notices}) == 1


async def test_a_killed_simulator_remembers_what_it_must_ship(
    warehouse: Jushuitan, account: WarehouseAccount, office: SimulatorOffice, listener: Listener, simulator: Server
) -> None:
    await office.behave(account.app_key, Behavior(ship_ms=1_000))
    await warehouse.push_order(order())
    await asyncio.to_thread(simulator.kill)
    await asyncio.to_thread(simulator.start)

    await listener.wait_for(1, "/webhooks/warehouse")

    (count,) = await office.counts(account.app_key)
    assert (count.received, count.shipped) == (1, 1)


async def test_a_wrong_secret_opens_nothing(account: WarehouseAccount, outside: Outside) -> None:
    stranger = WarehouseAccount(account.app_key, "guess", "token", account.base_url, 1)

    with pytest.raises(WarehouseRejected, match="签名错误"):
        await Jushuitan(stranger, outside).push_order(order())
