"""A live session's board while fifty orders come in every second and fifty people watch it."""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import tenants
from app import links, live, promoters
from app.flows import session_watch
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import fold_clicks
from app.flows.place_order import place_order
from app.flows.run_show import end_session, plan_slot, put_on_air
from app.flows.session_board import Board
from app.flows.session_report import report_of
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.live import LiveSession
from app.main import make_litestar
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_selling as selling
from tests.load.orders import CHECKOUT
from tests.load.report import Line, compared, exact, limited
from tests.load.stack import Stack
from tests.load.stores import CART, VARIANT, VISITOR, Stores, fill_carts, numbered, owner

PER_SECOND, SECONDS, WATCHERS, AT_ONCE = 50, 20, 50, 12
PROMISED_SECONDS = 2.0
SOLD, WRITTEN, MANY = 300, PER_SECOND * SECONDS, 20_000
_carts = count(700_000, SOLD)  # numbers no other benchmark uses
# Orders that are paid and decided, with all a board reads of them.
WRITE = """
WITH made AS (
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS line, gen_random_uuid() AS sale, gen_random_uuid() AS visitor
    FROM generate_series(1, $5::integer)
), placed AS (
    INSERT INTO orders (id, number, visitor_id, email, status, payment_status, fulfillment_status, currency, locale,
        goods_amount, total_amount, paid_amount, ship_to, access_hash, placed_at, paid_at, updated_at)
    SELECT id, left(id::text, 18), visitor, 'zhou@example.test', 'placed', 'paid', 'unfulfilled', 'CNY', 'en', 4390,
        4390, 4390, '{"recipient": "Zhou", "city": "Hangzhou"}', '', now(), now(), now() FROM made
), lines AS (
    INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, quantity,
        unit_amount, goods_amount)
    SELECT made.line, made.id, 1, variant.product, variant.id, 'Product', 'One', 'SKU', 1, 4390, 4390
    FROM made, variant WHERE variant.id = $4
), came AS (
    INSERT INTO touch (id, visitor_id, kind, promoter, link, live_session, occurred_at, evidence)
    SELECT gen_random_uuid(), visitor, 'live', $2, $3, $1, now(), '{"counted": true}' FROM made
), sales AS (
    INSERT INTO attribution_decision (id, order_id, order_line, status, promoter, link, live_session, reason,
        rule_version, receipt, base_amount, decided_at, finalized_at)
    SELECT sale, id, line, 'final', $2, $3, $1, 'last_click', 'last_click/1', '{}', 4390, now(), now() FROM made
)
INSERT INTO commission_line (id, order_id, order_line, decision, promoter, link, base_amount, rate_bps, amount,
    currency, status, created_at, updated_at)
SELECT gen_random_uuid(), id, line, sale, $2, $3, 4390, 1000, 439, 'CNY', 'accrued', now(), now() FROM made
"""
_COUNT = re.compile(rb"event: paid\ndata: (\d+)")


async def delay(stack: Stack, stores: Stores) -> list[Line]:
    """From a payment's COMMIT until the last of fifty watchers has the board that counts it; and that it is right.

    First through all flows, as fast as this process sells; then with finished orders written at fifty a second, which
    asks the board alone. How long a job waits for a worker is measured by itself.
    """
    stack.stop_workers()
    return [*await _through_the_flows(stores), *await _at_fifty_a_second(stores), await _a_long_evening(stores)]


async def _through_the_flows(stores: Stores) -> list[Line]:
    first = next(_carts)
    await fill_carts(stores.till, first, SOLD)
    with tenants.bind(stores.till):
        session, host, link = await _on_air()
        began = time.monotonic()
        settled, seen, looked = await _watched(
            stores.till, session, host, lambda: _at_once(SOLD, lambda number: _sell(first + number, link))
        )  # fmt: skip
        async with tenants.transaction():
            report = await report_of(await live.find(session.id))
    rate = SOLD / (settled[-1] - began)
    return [
        *_delays(f"{WATCHERS} watch, orders through all flows, {rate:,.0f}/s", settled, seen, looked),
        exact("live board, paid orders at the end", min(counts[-1][1] for counts in seen), SOLD),
        exact("live board, difference to the books", abs(report.difference.gross_amount), 0),
    ]


async def _at_fifty_a_second(stores: Stores) -> list[Line]:
    with tenants.bind(stores.till):
        session, host, link = await _on_air()
        connection = await owner(stores.till)
        lock = asyncio.Lock()

        async def write(_number: int) -> float:
            async with lock:
                await connection.execute(WRITE, session.id, host.id, link.id, numbered(VARIANT + 1), 1)
            at = time.monotonic()
            await publish(f"board:{stores.till.id}:{host.id}", "paid")
            return at

        settled, seen, looked = await _watched(
            stores.till, session, host, lambda: _at_once(WRITTEN, write, per_second=PER_SECOND)
        )
        await connection.close()
    rate = len(settled) / (settled[-1] - settled[0])
    return [
        compared("orders written while a board is watched", rate, PER_SECOND, goal=0.9, of="asked for"),
        *_delays(f"{WATCHERS} watch, {PER_SECOND} orders/s", settled, seen, looked),
    ]


async def _a_long_evening(stores: Stores) -> Line:
    """One reading of the board when very much was sold already."""
    with tenants.bind(stores.till):
        session, host, link = await _on_air()
        connection = await owner(stores.till)
        await connection.execute(WRITE, session.id, host.id, link.id, numbered(VARIANT + 1), MANY)
        await connection.execute("ANALYZE orders, order_line, attribution_decision, commission_line, touch")
        await connection.close()
        times = []
        for _ in range(5):
            began = time.monotonic()
            board = await session_watch.read(session.id, anew=True)
            times.append(time.monotonic() - began)
    name = f"one reading of a session with {board.total.paid_orders:,} orders"
    return limited(name, sorted(times)[2], PROMISED_SECONDS, "s", decimals=2, note="whoever watches, read once")


Seen = list[list[tuple[float, int]]]


async def _watched(
    store: Tenant, session: LiveSession, host: Promoter, sell: Callable[[], Awaitable[list[float]]]
) -> tuple[list[float], Seen, int]:
    """When each order was paid, what each watcher got when, and how many readings that took."""
    readings: list[datetime] = []
    watching = [asyncio.create_task(_watch(store, session.id, readings)) for _ in range(WATCHERS)]
    await asyncio.sleep(1)
    settled = sorted(await sell())
    await fold_clicks()
    await asyncio.sleep(PROMISED_SECONDS)
    await end_session(session.id, by=host.id)
    seen = await asyncio.wait_for(asyncio.gather(*watching), 30)
    return settled, list(seen), len(set(readings))


def _delays(name: str, settled: list[float], seen: Seen, looked: int) -> list[Line]:
    delays = sorted(_delay(arrivals, place, at) for arrivals in seen for place, at in enumerate(settled, start=1))
    note = f"{len(settled):,} orders, {looked} readings"
    return [
        limited(f"board p50: {name}", delays[len(delays) // 2], PROMISED_SECONDS, "s", note=note, decimals=2),
        limited(f"board p99: {name}", delays[len(delays) * 99 // 100], PROMISED_SECONDS, "s", decimals=2),
    ]


async def _on_air() -> tuple[LiveSession, Promoter, links.Link]:
    async with tenants.transaction():
        made = await promoters.apply(new_id(), "Xiaoya", f"{new_id().hex}@example.test", rate_bps=1000, kinds=["host"])
        host = await promoters.decide(made.id, approve=True, rate_bps=1000, by="bench")
        session = await live.schedule(host.id, "Fifty a second", "own_embed")
        await live.start(session.id)
        link = await links.create(host.id, product=None, live_session=session.id)
    for number in range(1, 6):
        slot = await plan_slot(session.id, numbered(VARIANT + number), by=host.id)
        await put_on_air(session.id, slot.id, by=host.id)
    return session, host, link


async def _at_once(
    orders: int, one: Callable[[int], Awaitable[float]], *, per_second: float = 1_000
) -> list[float]:  # fmt: skip
    """When each was paid; they begin on the beat, however long the ones before take."""
    gate, began = asyncio.Semaphore(AT_ONCE), time.monotonic()

    async def begin(number: int) -> float:
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
        async with gate:
            return await one(number)

    return list(await asyncio.gather(*(begin(number) for number in range(orders))))


async def _sell(number: int, link: links.Link) -> float:
    """Somebody comes, orders and pays; when the payment was in the books."""
    visitor = numbered(VISITOR + number)
    click = links.Click(new_id(), link.id, visitor, now(), True, "", b"address-hash-16b", b"agent-hash-16-by")
    await links.store_clicks([click])
    placed = await place_order(numbered(CART + number), visitor, CHECKOUT)
    await decide_attribution(placed.order_id)
    payment = await selling.open_payment(placed.order_id)
    await settle_payment(selling.notice(selling.captured(payment)), body="{}")
    at = time.monotonic()
    await finalize_attribution(placed.order_id)
    return at


async def _watch(store: Tenant, session: UUID, readings: list[datetime]) -> list[tuple[float, int]]:
    """When which number of paid orders arrived, until the session is over."""
    template: Any = _environment().get_template("backoffice/shows/_board.html")

    def draw(board: Board) -> dict[str, str]:
        readings.append(board.as_of)
        drawn = template.render(locale="en", board=board, session=board.session, currency="CNY")
        return {"board": drawn, "paid": str(board.total.paid_orders)}

    stream = session_watch.watch(store, session, session_watch.View("bench", draw))
    return [(time.monotonic(), int(found[1])) async for message in stream if (found := _COUNT.search(message))]


_made: list[Any] = []


def _environment() -> Any:
    """The templates as the application draws them."""
    if not _made:
        engine: Any = make_litestar().template_engine
        _made.append(engine.engine)
    return _made[0]


def _delay(arrivals: list[tuple[float, int]], place: int, settled: float) -> float:
    """Until a board with so many paid orders came; never, if none did."""
    position = bisect_left(arrivals, place, key=lambda one: one[1])
    return max(0.0, arrivals[position][0] - settled) if position < len(arrivals) else float("inf")
