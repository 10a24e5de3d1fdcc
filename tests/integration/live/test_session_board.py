"""The board of a live session says what the books say, for everybody who watches at the cost of one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import live
from app.flows import session_board, session_watch
from app.flows.fold_clicks import fold_clicks
from app.flows.run_show import end_session, put_on_air
from app.flows.session_board import Board
from app.flows.session_outlook import Outlook
from app.flows.session_sales import Sold
from app.flows.session_watch import HELLO, OVER, View
from tenants import Tenant
from tests import builders_evenings as evenings
from tests.builders_evenings import Evening
from tests.invariants import check

BOOKED = """
SELECT coalesce(sum(moved.amount) FILTER (WHERE credit.kind = 'merchant_sales'), 0)::bigint AS gross,
    coalesce(sum(moved.amount) FILTER (WHERE debit.kind = 'merchant_sales'), 0)::bigint AS refunded,
    coalesce(sum(moved.amount) FILTER (WHERE debit.kind = 'commission_expense'), 0)::bigint
        - coalesce(sum(moved.amount) FILTER (WHERE credit.kind = 'commission_expense'), 0)::bigint AS commission
FROM ledger_transfer AS moved JOIN ledger_account AS debit ON debit.id = moved.debit
JOIN ledger_account AS credit ON credit.id = moved.credit WHERE moved.order_id = ANY($1)
"""


async def _board(session: UUID) -> Board:
    async with tenants.transaction():
        return await session_board.board_of(await live.find(session))


async def _booked(orders: list[UUID]) -> tuple[int, int, int]:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(BOOKED, orders)
    assert row is not None
    return row["gross"], row["refunded"], row["commission"]


def _by_hand(board: Board) -> tuple[int, int, int]:
    accrued = sum(one.accrued_amount for one in board.commissions.values())
    return board.total.gross_amount, board.total.refunded_amount, accrued


def _sums(board: Board) -> set[tuple[int, int, int]]:
    """The same total whichever way it is looked at."""
    ways: list[Any] = [board.sales.slots, board.sales.hosts, board.sales.sharers, board.sales.products]
    return {
        (sum(one.gross_amount for one in way.values()), sum(one.refunded_amount for one in way.values()),
         sum(one.units for one in way.values()))
        for way in ways
    }  # fmt: skip


async def test_a_busy_evening_ends_at_the_figures_of_the_books(shop: Tenant) -> None:
    evening, dice = await evenings.evening(), random.Random(7)

    async def shopper(number: int) -> UUID:
        goods = [evening.peaches, evening.rice] if number % 5 == 0 else [evening.peaches]
        placed = await evenings.ordered(
            evening.links[number % 2], *goods, quantity=dice.randint(1, 3), pay=number % 7 != 0
        )  # fmt: skip
        return placed.order_id

    orders = list(await asyncio.gather(*(shopper(number) for number in range(28))))
    await evenings.follow()
    for paid in (orders[1], orders[2], orders[5]):
        await evenings.refund(paid, dice.randint(1, 4000))
    await fold_clicks()
    await end_session(evening.session.id, by=evening.host.id)

    board = await _board(evening.session.id)
    assert _by_hand(board) == await _booked(orders)
    assert board.total.refunded_amount > 0
    assert _sums(board) == {(board.total.gross_amount, board.total.refunded_amount, board.total.units)}
    assert (board.viewers, board.clicks, board.total.orders, board.total.paid_orders) == (28, 28, 28, 24)
    assert sum(board.bars) == board.total.gross_amount + board.total.unpaid_amount
    await check(shop)


async def test_an_order_belongs_to_the_part_that_showed_its_product_last(shop: Tenant) -> None:
    evening = await evenings.evening()
    early = await evenings.ordered(evening.links[0], evening.rice)
    await put_on_air(evening.session.id, evening.slots[1].id, by=evening.host.id)
    late = await evenings.ordered(evening.links[0], evening.rice)
    await evenings.ordered(evening.links[1], evening.peaches)
    await evenings.follow()

    board = await _board(evening.session.id)

    assert early.order_id != late.order_id
    assert board.sold_in(None).gross_amount == 6990  # nobody had shown rice yet
    assert board.sold_in(evening.slots[1].id).gross_amount == 6990
    assert board.sold_in(evening.slots[0].id).gross_amount == 4390
    assert {key: one.gross_amount for key, one in board.sales.hosts.items()} == {
        evening.host.id: 6990 + 4390, evening.cohost.id: 6990,
    }  # fmt: skip
    assert board.sold_by(evening.cohost.id).gross_amount == 4390


async def test_what_came_through_other_links_is_no_sale_of_the_session(shop: Tenant) -> None:
    evening = await evenings.evening()
    other = await evenings.evening()
    await evenings.ordered(other.links[0], other.peaches)
    await evenings.follow()

    board = await _board(evening.session.id)

    assert (board.total, board.viewers) == (Sold(), 0)


@pytest.mark.parametrize(
    ("sold", "outlook", "expected"),
    [
        (Sold(goods_amount=10_000), Outlook(None, None), 10_000),
        (Sold(goods_amount=10_000), Outlook(500, None), 9_500),
        (Sold(goods_amount=10_000, refunded_amount=300), Outlook(500, None), 9_500),
        (Sold(goods_amount=10_000, refunded_amount=800), Outlook(500, None), 9_200),
        (Sold(goods_amount=10_000, waiting_amount=4_000), Outlook(500, None), 5_700),
        (Sold(goods_amount=10_000, waiting_amount=4_000), Outlook(None, 5_000), 8_000),
        (Sold(goods_amount=10_000, waiting_amount=4_000), Outlook(500, 5_000), 7_600),
        (Sold(goods_amount=100, refunded_amount=100), Outlook(None, None), 0),
    ],
)
def test_expected_is_what_usually_remains(sold: Sold, outlook: Outlook, expected: int) -> None:
    assert outlook.expected_of(sold) == expected


async def _next(stream: AsyncIterator[bytes]) -> str:
    return (await asyncio.wait_for(anext(stream), 60)).decode()


def _view(drawn: list[int]) -> View:
    def draw(board: Board) -> dict[str, str]:
        drawn.append(board.total.orders)
        return {"board": f"<p>orders {board.total.orders}</p>"}

    return View("test", draw)


async def _opened(shop: Tenant, evening: Evening, count: int, drawn: list[int]) -> list[AsyncIterator[bytes]]:
    streams = [session_watch.watch(shop, evening.session.id, _view(drawn)) for _ in range(count)]
    assert {await anext(stream) for stream in streams} == {HELLO}
    return streams


async def test_fifty_who_watch_cost_as_much_as_one(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    evening, drawn, readings = await evenings.evening(), list[int](), list[UUID]()

    async def counting(session: live.LiveSession) -> Board:
        readings.append(session.id)
        return await session_board.board_of(session)

    monkeypatch.setattr(session_watch, "board_of", counting)
    streams = await _opened(shop, evening, 50, drawn)
    first = {await _next(stream) for stream in streams}
    looked = len(readings)
    await evenings.ordered(evening.links[0], evening.peaches)
    await evenings.follow()
    second = {await _next(stream) for stream in streams}

    assert all("orders 0" in one for one in first)
    assert all("orders 1" in one for one in second)
    assert (len(first), len(second), len(drawn)) == (1, 1, len(readings))
    assert looked < 50
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]


async def test_whoever_comes_back_gets_only_what_is_new(shop: Tenant) -> None:
    evening = await evenings.evening()
    (stream,) = await _opened(shop, evening, 1, [])
    mark = (await _next(stream)).partition("\n")[0].removeprefix("id: ")
    await stream.aclose()  # type: ignore[attr-defined]
    await evenings.ordered(evening.links[0], evening.peaches)
    await evenings.follow()

    again = session_watch.watch(shop, evening.session.id, _view([]), seen=mark)
    assert await anext(again) == HELLO
    assert "orders 1" in await _next(again)
    await again.aclose()  # type: ignore[attr-defined]


async def test_the_stream_ends_with_the_show(shop: Tenant) -> None:
    evening = await evenings.evening()
    (stream,) = await _opened(shop, evening, 1, [])
    await _next(stream)
    await end_session(evening.session.id, by=evening.host.id)

    rest = [message async for message in stream]

    assert rest[-1] == OVER
