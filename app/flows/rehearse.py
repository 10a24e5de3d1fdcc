"""Rehearse shipping: practice orders go to the simulator through the real adapter and come back as real news.

The journey is a job that posts itself again until everything is settled or the time is up. What is rehearsed is the
connection: the adapter, signatures, waiting out a lost answer, asking by reference, copies and wrong order. Orders,
stock, money and people are never touched. Not one transaction: the warehouse is called between them.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import fulfillment, rehearsals
from app.flows import rehearsal_news
from app.flows.warehouse_turn import may_be_on_its_way, since
from app.fulfillment import Kind
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.rehearsals import Connected, PracticeOrder, Rehearsal
from infra import wiring
from infra.warehouse.port import (
    Receiver,
    WarehouseGateway,
    WarehouseLine,
    WarehouseOrder,
    WarehouseRejected,
    WarehouseUnavailable,
)
from infra.warehouse.simulator.scenarios import CALM_DOWN, SCENARIOS
from tenants import lifecycle, outbox

AT_ONCE = 10  # pushes side by side
EVERY = timedelta(seconds=2)
CATCHES_UP_AFTER = timedelta(seconds=90)  # a quarter of an hour on real days
REFUSED_AT_ONCE = N_("In a real order a person corrects what the vendor names and sends it again.")
NOBODY = Receiver("演练收件人", "13800000000", "演练路1号", state="浙江省", city="杭州市", district="西湖区")
DAYS: tuple[str, ...] = tuple(SCENARIOS)


async def start_rehearsal(adapter: str, scenario: str, orders: int, *, by: str) -> UUID:
    """Raises InvalidInput, AlreadyRehearsing."""
    kind = fulfillment.KINDS.get(adapter)
    wrong = {} if kind and kind.practices else {"adapter": N_("Choose one of these.")}
    wrong |= {} if scenario in SCENARIOS else {"scenario": N_("Choose one of these.")}
    wrong |= {} if orders in rehearsals.SIZES else {"orders": N_("Choose one of these.")}
    if kind is None or wrong:
        raise InvalidInput(wrong)
    rehearsal_id = new_id()
    async with tenants.transaction():
        await rehearsals.start(rehearsal_id, adapter, scenario, _account(kind, rehearsal_id), orders, by=by)
        await _look_again(rehearsal_id, timedelta(0))
    return rehearsal_id


async def end_rehearsal(rehearsal_id: UUID) -> None:
    """The merchant has seen enough; the report is written at the next look. Raises NotFound."""
    async with tenants.transaction():
        await rehearsals.hurry_end(rehearsal_id)


async def go_on(rehearsal_id: UUID) -> None:
    """One look: push what is due, fetch what is told, and end when there is nothing left to wait for."""
    async with tenants.transaction():
        rehearsal = await rehearsals.find(rehearsal_id)
    if rehearsal.status != "running":
        return
    gateway = wiring.warehouse_gateway(rehearsal, tenant_id=tenants.current().id)
    try:
        await _prepare(rehearsal)
        await _push(rehearsal, gateway)
        await _fetch(rehearsal, gateway)
    except WarehouseUnavailable:
        pass  # the simulator rests; the next look tries again, and the time limit ends it
    async with tenants.transaction():
        orders = await rehearsals.orders_of(rehearsal_id)
        if now() < rehearsal.ends_at and any(order.status not in rehearsals.SETTLED for order in orders):
            await _look_again(rehearsal_id, EVERY)
            return
    await _end(rehearsal, orders)


async def _prepare(rehearsal: Rehearsal) -> None:
    """Open the account and set the day; again at each look, so that a restarted simulator knows both."""
    store = tenants.current()
    callback, carrier = (lifecycle.webhook_secret(store.id, kind) for kind in ("warehouse", "carrier"))
    await wiring.register_warehouse(rehearsal, tenant_id=store.id, callback_secret=callback, carrier_secret=carrier)
    day = SCENARIOS[rehearsal.scenario].playing(str(rehearsal.id), seed=rehearsal.id.int % 2**31)
    await wiring.simulator_office(rehearsal.base_url).behave(
        rehearsal.app_key, msgspec.structs.replace(day, tracking="off")
    )


async def _push(rehearsal: Rehearsal, gateway: WarehouseGateway) -> None:
    async with tenants.transaction():
        due = await rehearsals.due(rehearsal.id, gateway.horizon_s, AT_ONCE)
        for order in due:
            await rehearsals.note_attempt(order.id)
    outcomes = await asyncio.gather(*(_exchange(gateway, order) for order in due))
    for order, (took_ms, error) in zip(due, outcomes, strict=True):
        async with tenants.transaction():
            lost = isinstance(error, WarehouseUnavailable) and may_be_on_its_way(error)
            await rehearsals.note_answer(order.id, took_ms, accepted=error is None, on_its_way=lost)
            if isinstance(error, WarehouseRejected):
                said = f"{error.code}: {error.args[1] or error.code}"
                await rehearsals.raise_trouble(order.id, "refused", said, REFUSED_AT_ONCE, status="rejected")


async def _exchange(
    gateway: WarehouseGateway, order: PracticeOrder
) -> tuple[int, WarehouseRejected | WarehouseUnavailable | None]:
    """Ask by reference first whenever an earlier attempt may have arrived, as real orders do."""
    began = time.monotonic()
    try:
        known = await gateway.query_order(order.reference) if order.attempts else None
        if known is None:
            await gateway.push_order(_practice(order))
    except (WarehouseRejected, WarehouseUnavailable) as error:
        return since(began), error
    return since(began), None


async def _fetch(rehearsal: Rehearsal, gateway: WarehouseGateway) -> None:
    """A warehouse that calls us is asked as well after a while, as the clock does with real ones."""
    catches_up = not gateway.pulls and now() - rehearsal.started_at > CATCHES_UP_AFTER
    if not (gateway.pulls or catches_up):
        return
    page = await gateway.pull_shipments(rehearsal.cursor)
    await rehearsal_news.take(rehearsal, page.notices, fetched=catches_up)
    async with tenants.transaction():
        await rehearsals.keep_place(rehearsal.id, page.cursor)
    await gateway.ack_shipments(page.receipts)


async def _end(rehearsal: Rehearsal, orders: list[PracticeOrder]) -> None:
    there = await _counted_there(rehearsal)
    async with tenants.transaction():
        for order in orders:
            if order.status not in rehearsals.SETTLED:
                await rehearsals.raise_trouble(order.id, "silent", "", rehearsal_news.SILENT)
        orders = await rehearsals.orders_of(rehearsal.id)
        figures = rehearsals.figures_of(orders, await rehearsals.sums(rehearsal.id), there)
        await rehearsals.end(rehearsal.id, figures)


async def _counted_there(rehearsal: Rehearsal) -> Mapping[str, Any] | None:
    """The other side of the books: how often each order came in and went out, and how long news took."""
    office = wiring.simulator_office(rehearsal.base_url)
    try:
        counts = await office.counts(rehearsal.app_key)
        report = await office.report(rehearsal.app_key, str(rehearsal.id))
        await office.behave(rehearsal.app_key, CALM_DOWN)
    except (WarehouseRejected, WarehouseUnavailable):
        return None
    return {
        "shipped": sum(count.shipped > 0 for count in counts),
        "twice": sum(count.shipped > 1 for count in counts),
        "sent_again": report.sent_again,
        "unanswered": sum(asked.unanswered for asked in report.asked),
        "refused_by_us": sum(told.refused for told in report.told),
        "unheard": report.unheard,
        "longest_ms": max((told.longest_ms for told in report.told), default=0),
    }


def _account(kind: Kind, rehearsal_id: UUID) -> Connected:
    """An account of its own, which no warehouse of the store and no other store ever had."""
    store = tenants.current()
    sealed = wiring.OF_WAREHOUSES.seal(
        {"secret": secrets.token_hex(24)}, tenant_id=store.id, row_id=rehearsal_id
    )  # fmt: skip
    return Connected(
        wiring.practice_url(kind.code), f"rehearsal-{rehearsal_id.hex}", sealed, kind.practice,
        wiring.seal_carrier_salt(tenant_id=store.id),
    )  # fmt: skip


def _practice(order: PracticeOrder) -> WarehouseOrder:
    lines = tuple(WarehouseLine(line.line_id, line.sku, line.name, line.quantity, 100) for line in order.lines)
    moment = now()
    return WarehouseOrder(
        order.reference, moment, moment, "rehearsal", NOBODY, lines, "CNY", 100 * len(lines), remark="演练，请勿发货"
    )


async def _look_again(rehearsal_id: UUID, delay: timedelta) -> None:
    await outbox.post(
        "fulfillment.rehearse", delay=delay, key=f"rehearse:{rehearsal_id}", max_attempts=5,
        rehearsal_id=str(rehearsal_id),
    )  # fmt: skip
