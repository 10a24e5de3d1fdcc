"""Orders that have arrived, requests about them, and time that passes, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import tenants
from app import aftersales, engagement, orders, payments
from app.aftersales import Aftersale
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_aftersale import request_aftersale
from app.flows.settle_refund import settle_refund
from app.flows.take_notice import take_notice
from app.kernel.clock import now
from infra.payment.port import RefundState
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tests.builders_selling import Offer, offer, paid_order
from workers import aftersales as jobs
from workers.context import JobContext

ADDRESS = "Returns, 7 Harbor Road, Wuxi"


async def delivered_order(*offers: Offer, quantity: int = 1, only: int | None = None) -> UUID:
    """A paid order whose parcel left; `only` so many units of every line are in it."""
    placed = await paid_order(*(offers or (await offer(),)), quantity=quantity)
    await ship(placed.order_id, only=only)
    return placed.order_id


async def ship(order_id: UUID, *, only: int | None = None) -> None:
    await plan_fulfillment(order_id)
    async with tenants.transaction():
        work_orders = await tenants.connection().fetch(
            "SELECT id, reference FROM fulfillment_order WHERE order_id = $1", order_id
        )
        lines = await tenants.connection().fetch(
            "SELECT fulfillment_order, order_line, sku, quantity FROM fulfillment_order_line"
        )
    for work in work_orders:
        packed = tuple(
            ParcelLine(line_id=str(line["order_line"]), sku=line["sku"], quantity=only or line["quantity"])
            for line in lines if line["fulfillment_order"] == work["id"]
        )  # fmt: skip
        number = f"SF{uuid4().hex[:10].upper()}"
        parcel = Parcel(number, "shunfeng", "SF Express", now(), packed)
        await take_notice(
            ShipmentNotice(notice_id=number, reference=work["reference"], parcel=parcel, complete=only is None), ""
        )


async def lines_of(order_id: UUID) -> list[orders.Line]:
    async with tenants.transaction():
        return await orders.lines_of(order_id)


async def ask(order_id: UUID, kind: str = "return", *, quantity: int = 1, **facts: Any) -> UUID:
    """A request about the first line of the order."""
    line = (await lines_of(order_id))[0]
    wished = WishedLine(line.id, quantity, facts.pop("instead", None))
    by = {name: facts.pop(name) for name in ("opened_by", "actor") if name in facts}
    wish = Wish(kind, facts.pop("reason", "damaged"), facts.pop("words", "It is broken."), [wished], **facts)
    return await request_aftersale(order_id, wish, **by)


async def case(aftersale: UUID) -> Aftersale:
    async with tenants.transaction():
        return await aftersales.find(aftersale)


async def causes(aftersale: UUID) -> list[str]:
    async with tenants.transaction():
        return [event.cause for event in await aftersales.events_of(aftersale)]


async def told(aftersale: UUID, recipient: str) -> list[str]:
    async with tenants.transaction():
        return [one.kind for one in await engagement.messages_about(aftersale) if one.recipient == recipient]


async def run_out(aftersale: UUID) -> None:
    """As if the time to act were over."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE aftersale SET deadline_at = $2 WHERE id = $1 AND deadline_at IS NOT NULL",
            aftersale, now() - timedelta(minutes=1),
        )  # fmt: skip


async def lapse(aftersale: UUID) -> None:
    """The time is over, and the job comes; twice, because jobs do."""
    await run_out(aftersale)
    await jobs.deadline(context("aftersales.deadline"), aftersale_id=str(aftersale))
    await jobs.deadline(context("aftersales.deadline"), aftersale_id=str(aftersale))


async def confirm_refunds(aftersale: UUID) -> None:
    """The provider gives the money back."""
    async with tenants.transaction():
        refunds = await payments.refunds_of((await aftersales.find(aftersale)).order_id)
        numbers = {refund.id: (await payments.find(refund.payment)).number for refund in refunds}
    for refund in refunds:
        await settle_refund(RefundState(refund.number, numbers[refund.id], "succeeded", refund.amount, refund.currency))


async def order_of(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


def context(kind: str, *, attempt: int = 1) -> JobContext:
    return JobContext(uuid4(), kind, attempt, 12)
