"""The promises of the warehouse port, kept by every dialect against somebody who answers on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.carrier.kuaidi100 import Kuaidi100
from infra.http import Answer, Outside
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    ProgressNotice,
    Receiver,
    ReturnedLine,
    ReturnLine,
    ReturnNotice,
    ReturnOrder,
    ShipmentNotice,
    ShortNotice,
    StaleNotice,
    StockNotice,
    UntrustedNotice,
    WarehouseLine,
    WarehouseOrder,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.simulator.office import Behavior, StockLevel
from tests.contract.conftest import Listener, Server, eventually
from tests.contract.warehouse.parties import PARTIES, Party, those_with, told

QUICK = Behavior(ship_ms=30, transit_ms=30, out_ms=120, delivered_ms=240, return_ms=30)
RESTING = Behavior(ship_ms=3_600_000)
TO = Receiver("王小明", "13800000000", "文一路1号", state="浙江省", city="杭州市", district="西湖区")
LINE = "0d8a4a44-6f60-4a1b-9a3c-111111111111"
OTHER_LINE = "0d8a4a44-6f60-4a1b-9a3c-222222222222"


def line(line_id: str = LINE, sku: str = "TEA-1", quantity: int = 2) -> WarehouseLine:
    return WarehouseLine(line_id, sku, "Oolong 高山烏龍 <&>", quantity, 9_901, referrer_id="host-7")


def order(reference: str = "S1", *lines: WarehouseLine) -> WarehouseOrder:
    now = datetime.now(UTC)
    return WarehouseOrder(reference, now, now, "c-1", TO, lines or (line(),), "CNY", 9_901)


def pieces(notice: ShipmentNotice) -> list[tuple[str, str, int]]:
    return [(one.line_id, one.sku, one.quantity) for one in notice.parcel.lines]


async def test_the_same_reference_often_is_one_shipment(party: Party) -> None:
    await party.behave(QUICK)

    receipts = await asyncio.gather(*(party.gateway.push_order(order()) for _ in range(5)))
    await told(party, ShipmentNotice)
    await party.gateway.push_order(order())

    (count,) = await party.counts()
    assert len(set(receipts)) == 1
    assert (count.received, count.shipped, count.parcels, count.status) == (6, 1, 1, "Sent")


async def test_a_parcel_holds_our_lines_and_asking_says_the_same_as_the_news(party: Party) -> None:
    await party.behave(QUICK)
    await party.gateway.push_order(order("S1", line(), line(OTHER_LINE, "CUP", 1)))

    (notice,) = await told(party, ShipmentNotice)

    assert sorted(pieces(notice)) == [(LINE, "TEA-1", 2), (OTHER_LINE, "CUP", 1)]
    assert (notice.reference, notice.complete) == ("S1", True)
    state = await party.gateway.query_order("S1")
    assert state
    assert (state.status, state.parcels) == ("shipped", (notice.parcel,))


@pytest.mark.parametrize("party", those_with("tracking"), indirect=True)
async def test_a_parcel_is_followed_to_the_door(party: Party, listener: Listener) -> None:
    await party.behave(QUICK)
    await party.gateway.push_order(order())
    pushes = await listener.wait_for(3, "/webhooks/carrier")

    (notice,) = await told(party, ShipmentNotice)

    tracked = [Kuaidi100("salt").parse_push(push.body, push.headers, datetime.now(UTC))[0] for push in pushes]
    assert [one.status for one in tracked] == ["in_transit", "out_for_delivery", "delivered"]
    expected = (notice.parcel.tracking_number, notice.parcel.carrier_code)
    assert {(one.tracking_number, one.carrier_code) for one in tracked} == {expected}


async def test_an_order_can_be_stopped_before_it_leaves(party: Party) -> None:
    await party.behave(RESTING)
    await party.gateway.push_order(order())

    await party.gateway.cancel_order("S1", "changed their mind")
    await party.gateway.cancel_order("S1")

    state = await party.gateway.query_order("S1")
    assert state
    assert state.status == "canceled"


@pytest.mark.parametrize("party", those_with("told of our own stop"), indirect=True)
async def test_what_we_stopped_is_told_with_our_reason(party: Party) -> None:
    await party.behave(RESTING)
    await party.gateway.push_order(order())

    await party.gateway.cancel_order("S1", "changed their mind")

    (notice, *_) = await told(party, CancelNotice)
    assert (notice.reference, notice.reason) == ("S1", "changed their mind")


async def test_an_order_that_left_cannot_be_stopped(party: Party) -> None:
    await party.behave(QUICK)
    await party.gateway.push_order(order())
    await told(party, ShipmentNotice)

    with pytest.raises(WarehouseRejected, match="already_shipped"):
        await party.gateway.cancel_order("S1")


async def test_a_warehouse_may_fail_to_stop_an_order_and_says_so(party: Party) -> None:
    await party.behave(Behavior(ship_ms=3_600_000, intercept_fails=True))
    await party.gateway.push_order(order())

    with pytest.raises(WarehouseRejected, match="cancel_refused"):
        await party.gateway.cancel_order("S1")


async def test_the_warehouse_itself_may_call_an_order_off(party: Party) -> None:
    await party.behave(RESTING)
    await party.gateway.push_order(order())

    await party.refuse("S1", "地址超出配送范围")

    (notice, *_) = await told(party, CancelNotice)
    assert (notice.reference, notice.reason) == ("S1", "地址超出配送范围")


async def test_an_unknown_reference_is_a_clear_answer(party: Party) -> None:
    assert await party.gateway.query_order("never") is None
    with pytest.raises(WarehouseRejected, match="unknown_order"):
        await party.gateway.cancel_order("never")


async def test_a_split_order_comes_in_two_parcels_with_every_piece(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, split=True))
    await party.gateway.push_order(order("S1", line(sku="A", quantity=3)))

    parcels = await told(party, ShipmentNotice, 2)

    assert sorted(pieces(notice)[0][2] for notice in parcels) == [1, 2]
    assert sorted(notice.complete for notice in parcels) == [False, True]
    assert len({notice.parcel.tracking_number for notice in parcels}) == 2


async def test_a_short_pick_sends_what_is_there_and_says_what_is_missing(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, short_skus=("CUP",)))
    await party.gateway.push_order(order("S1", line(), line(OTHER_LINE, "CUP", 3)))

    (short, *_) = await told(party, ShortNotice)
    (parcel, *_) = await told(party, ShipmentNotice)

    assert [(one.sku, one.missing) for one in short.lines] == [("CUP", 3)]
    assert (short.reference, pieces(parcel)) == ("S1", [(LINE, "TEA-1", 2)])
    assert parcel.complete


@pytest.mark.parametrize("party", those_with("lines"), indirect=True)
async def test_a_short_pick_names_the_line(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, short_skus=("CUP",)))
    await party.gateway.push_order(order("S1", line(), line(OTHER_LINE, "CUP", 3)))

    (short, *_) = await told(party, ShortNotice)

    assert [one.line_id for one in short.lines] == [OTHER_LINE]


@pytest.mark.parametrize("party", those_with("found"), indirect=True)
async def test_goods_under_a_wrong_number_are_not_sent_and_named(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, found_skus={"TEA-1": "TEA-9"}))
    await party.gateway.push_order(order("S1", line(), line(OTHER_LINE, "CUP", 1)))

    (short, *_) = await told(party, ShortNotice)

    assert [(one.line_id, one.missing, one.found_sku) for one in short.lines] == [(LINE, 2, "TEA-9")]


async def test_other_goods_sent_unasked_are_told_as_they_are(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, swapped_skus={"TEA-1": "TEA-9"}))
    await party.gateway.push_order(order())

    (parcel, *_) = await told(party, ShipmentNotice)

    assert pieces(parcel) == [(LINE, "TEA-9", 2)]


@pytest.mark.parametrize("party", those_with("a no at once"), indirect=True)
async def test_a_sku_nobody_knows_is_refused_for_good(party: Party) -> None:
    await party.behave(Behavior(unknown_skus=("TEA-1",)))

    with pytest.raises(WarehouseRejected, match="商品编码不存在"):
        await party.gateway.push_order(order())


async def test_progress_is_told_on_the_way(party: Party) -> None:
    await party.behave(Behavior(ship_ms=3_600_000, progress=True, pick_ms=20, pack_ms=60))
    await party.gateway.push_order(order("S1", line(quantity=4)))

    async def packed() -> list[ProgressNotice] | None:
        steps = [step for step in await told(party, ProgressNotice) if step.packed]
        return steps or None

    (step, *_) = await eventually(packed)
    assert (step.reference, step.picked) == ("S1", 4)


@pytest.mark.parametrize("party", those_with("half picked"), indirect=True)
async def test_progress_counts_the_pieces(party: Party) -> None:
    await party.behave(Behavior(ship_ms=90, progress=True))
    await party.gateway.push_order(order("S1", line(quantity=4)))

    steps = await told(party, ProgressNotice, 2)

    assert [(step.picked, step.packed) for step in steps] == [(2, False), (4, True)]


async def test_a_return_is_announced_once_and_its_inspection_told(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, return_ms=100, damaged_skus=("CUP",)))
    await party.gateway.push_order(order("S1", line(), line(OTHER_LINE, "CUP", 1)))
    await told(party, ShipmentNotice)
    back = (ReturnLine(LINE, "TEA-1", "Tea", 1), ReturnLine(OTHER_LINE, "CUP", "Cup", 1))
    agreed = ReturnOrder("R1", "S1", TO, back, reason="太大了")
    on_its_way = ReturnOrder("R1", "S1", TO, back, "shunfeng", "SF123", "太大了")

    receipts = [await party.gateway.push_return(announced) for announced in (agreed, on_its_way)]
    (notice, *_) = await told(party, ReturnNotice)

    assert len(set(receipts)) == 1
    (count,) = await party.returns()
    assert (count.reference, count.announced, count.received) == ("R1", 2, True)
    assert notice.reference == "R1"
    expected = [ReturnedLine(LINE, "TEA-1", 1, 0), ReturnedLine(OTHER_LINE, "CUP", 0, 1)]
    assert sorted(notice.lines, key=lambda one: one.line_id) == expected


async def test_stock_is_told_less_what_the_warehouse_holds(party: Party) -> None:
    await party.behave(RESTING)
    await party.set_stock([StockLevel("TEA-1", 10), StockLevel("TEA-2", 5)])
    await party.gateway.push_order(order())

    page = await party.gateway.pull_stock()

    assert {level.sku: level.available for level in page.levels} == {"TEA-1": 8, "TEA-2": 5}
    assert not page.more


async def test_a_page_of_stock_ends_and_the_next_begins_behind_it(party: Party) -> None:
    await party.behave(RESTING)
    await party.set_stock([StockLevel(f"SKU-{number:03}", number) for number in range(130)])
    seen: dict[str, int] = {}
    cursor, more, rounds = "", True, 0

    while more:
        page = await party.gateway.pull_stock(cursor)
        seen |= {level.sku: level.available for level in page.levels}
        await party.gateway.ack_stock(page.receipts)
        cursor, more, rounds = page.cursor, page.more, rounds + 1

    assert seen == {f"SKU-{number:03}": number for number in range(130)}
    assert rounds >= 2


@pytest.mark.parametrize("party", those_with("counting"), indirect=True)
async def test_stock_is_called_out_as_it_is_counted(party: Party) -> None:
    await party.set_stock([StockLevel("TEA-1", 10), StockLevel("TEA-2", 5)])

    counted = await told(party, StockNotice, 2)

    assert {notice.sku: notice.available for notice in counted} == {"TEA-1": 10, "TEA-2": 5}


@pytest.mark.parametrize("party", those_with("asking"), indirect=True)
async def test_what_is_not_acknowledged_comes_again_as_the_same_news(party: Party) -> None:
    """A vendor of callbacks can be asked for what it should have told, and says the same."""
    await party.behave(QUICK)
    await party.gateway.push_order(order())

    async def shipped() -> list[Notice] | None:
        page = await party.gateway.pull_shipments()
        return [one for one in page.notices if isinstance(one, ShipmentNotice)] or None

    first = await eventually(shipped)
    again = await eventually(shipped)

    assert first == again
    assert {one.notice_id for one in first} == {one.notice_id for one in await told(party, ShipmentNotice)}


@pytest.mark.parametrize("party", those_with("windows of time"), indirect=True)
async def test_what_is_acknowledged_is_not_queued_any_more(party: Party) -> None:
    await party.behave(QUICK)
    await party.gateway.push_order(order())
    await told(party, ShipmentNotice)

    page = await party.gateway.pull_shipments(_in_the_future())

    assert not page.receipts
    assert not page.more


def _in_the_future() -> str:
    return (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S|0")


Deed = Callable[[Party], Awaitable[object]]
MANNERS = {
    "503": (Behavior(error_bps=10_000), 0),
    "too often": (Behavior(limit_bps=10_000), 0),
    "500 after it was done": (Behavior(ship_ms=30, error_after_done_bps=10_000), 1),
    "broken off": (Behavior(ship_ms=30, truncate_bps=10_000), 1),
}


@pytest.mark.parametrize("manner", MANNERS)
async def test_bad_manners_are_worth_another_try_and_never_a_second_parcel(party: Party, manner: str) -> None:
    behavior, arrived = MANNERS[manner]
    await party.behave(behavior)
    with pytest.raises(WarehouseUnavailable):
        await party.gateway.push_order(order())
    assert len(await party.counts()) == arrived
    with pytest.raises(WarehouseUnavailable):
        await party.gateway.query_order("S1")
    await party.behave(QUICK)

    state = await party.gateway.query_order("S1")
    await party.gateway.push_order(order())

    assert (state is not None) == bool(arrived)
    await told(party, ShipmentNotice)
    (count,) = await party.counts()
    assert count.shipped == 1


async def test_an_answer_that_takes_too_long_is_no_answer(party: Party) -> None:
    """We wait ten seconds at most; here the waiting is cut short by whoever called."""
    await party.behave(Behavior(slow_ms=30_000))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(party.gateway.query_order("S1"), 0.2)

    await party.behave(QUICK)
    assert await party.gateway.query_order("S1") is None


@pytest.mark.parametrize("party", [name for name in PARTIES if name != "drop"], indirect=True)
async def test_our_own_patience_ends_an_exchange_and_the_deed_may_be_done(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drop has no exchange to end: it keeps files."""
    await party.behave(Behavior(slow_ms=600, ship_ms=30))
    patient = Outside.request

    async def hasty(self: Outside, method: str, url: str, **more: Any) -> Answer:
        return await patient(self, method, url, **{**more, "total_s": 0.2})

    with monkeypatch.context() as patched:
        patched.setattr(Outside, "request", hasty)
        with pytest.raises(WarehouseUnavailable):
            await party.gateway.push_order(order())

    await party.behave(QUICK)
    await told(party, ShipmentNotice)
    (count,) = await party.counts()
    assert count.shipped == 1


async def test_copies_and_wrong_order_name_the_same_parcel(party: Party, listener: Listener) -> None:
    await party.behave(Behavior(ship_ms=20, duplicate=2, shuffle=True))
    listener.refusals = 1
    await party.gateway.push_order(order())

    notices = await told(party, ShipmentNotice, 3)

    assert len({notice.notice_id for notice in notices}) == 1


async def test_news_told_backwards_is_all_there(party: Party) -> None:
    await party.behave(Behavior(ship_ms=60, progress=True, split=True, reverse_ms=200))
    await party.gateway.push_order(order("S1", line(quantity=2)))

    parcels = await told(party, ShipmentNotice, 2)

    assert sum(pieces(one)[0][2] for one in parcels) == 2


async def test_a_silent_warehouse_tells_everything_once_it_speaks_again(party: Party) -> None:
    await party.behave(Behavior(ship_ms=20, silent=True))
    await party.gateway.push_order(order())

    async def left() -> bool | None:
        (count,) = await party.counts()
        return True if count.shipped else None

    await eventually(left)
    assert not [one for one in await party.heard() if isinstance(one, ShipmentNotice)]
    await party.behave(QUICK)

    assert await told(party, ShipmentNotice)


@pytest.mark.parametrize("party", those_with("callbacks"), indirect=True)
async def test_a_recording_is_the_same_news_while_it_is_fresh_and_nothing_later(
    party: Party, listener: Listener
) -> None:
    await party.behave(Behavior(ship_ms=20, tracking="off", replay_ms=50))
    await party.gateway.push_order(order())

    first, second = await told(party, ShipmentNotice, 2)

    assert first == second
    calls = [call for call in listener.received if call.path.startswith("/webhooks/warehouse")]
    assert (calls[0].query, calls[0].body) == (calls[1].query, calls[1].body)
    for minutes in (-11, 11):
        now = datetime.now(UTC) + timedelta(minutes=minutes)
        with pytest.raises(StaleNotice):
            party.gateway.parse_callback(headers=calls[0].headers, query=calls[0].query, body=calls[0].body, now=now)


@pytest.mark.parametrize("party", those_with("callbacks"), indirect=True)
async def test_another_accounts_signature_is_not_believed(party: Party, listener: Listener) -> None:
    await party.behave(QUICK)
    await party.gateway.push_order(order())
    (call, *_) = await listener.wait_for(1, "/webhooks/warehouse")

    with pytest.raises(UntrustedNotice):
        party.stranger.parse_callback(headers=call.headers, query=call.query, body=call.body, now=datetime.now(UTC))


async def test_a_wrong_secret_opens_nothing(party: Party) -> None:
    with pytest.raises(WarehouseRejected):
        await party.stranger.push_order(order())

    assert not await party.counts()


@pytest.mark.parametrize("party", ["jushuitan"], indirect=True)
async def test_the_hosts_code_travels_with_each_line_and_no_name_is_shown(party: Party, simulator: Server) -> None:
    await party.behave(RESTING)
    await party.gateway.push_order(order("S-host"))

    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(simulator.url)

    assert "S-host" in page.text
    assert "host-7" in page.text
    assert "王小明" not in page.text


@pytest.mark.parametrize("party", ["jushuitan"], indirect=True)
async def test_a_killed_simulator_remembers_what_it_must_ship(party: Party, simulator: Server) -> None:
    await party.behave(Behavior(ship_ms=1_000))
    await party.gateway.push_order(order())
    await asyncio.to_thread(simulator.kill)
    await asyncio.to_thread(simulator.start)

    await told(party, ShipmentNotice)

    (count,) = await party.counts()
    assert (count.received, count.shipped) == (1, 1)
