"""Jobs around the warehouse: plan, push, register, test the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.announce_return import announce_return
from app.flows.authorize_warehouse import settle_authorization
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.practice_manners import tell_manners
from app.flows.pull_news import post_pull, pull_shipments, pull_stock
from app.flows.push_fulfillment import push_fulfillment
from app.flows.refund_unsent import after_the_refund, refund_to_make
from app.flows.rehearse import go_on
from app.flows.request_aftersale import request_aftersale
from app.flows.request_refund import request_refund
from app.flows.settle_short import reroute_short
from app.flows.stop_work_order import keep_for_a_person, stop_at_warehouse
from app.flows.warehouse_turn import NotYet, Unlucky, renewing
from app.flows.ways_back import CAME_BACK, way_followed, way_to_follow
from app.fulfillment import PullKind, WarehouseFacts
from app.kernel.errors import Refusal
from infra import wiring
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable
from tenants import lifecycle
from workers.context import Handlers, JobContext, Postpone, Retry, backoff

# Seconds between two looks at what a warehouse has to tell.
FETCHED: dict[PullKind, int] = {"shipments": 60, "stock": 600}
CAUGHT_UP: dict[PullKind, int] = {"shipments": 900, "stock": 6 * 3600}
# An order that had bad luck at a warehouse that answers others comes again this soon, however often it has tried.
SOON = timedelta(minutes=1)
HARMLESS = {"unknown_order", "may_have_arrived"}  # what a connection that works says about an order nobody made


async def plan_order(context: JobContext, *, order_id: str) -> None:
    await plan_fulfillment(UUID(order_id))


@contextmanager
def _asking(context: JobContext) -> Iterator[None]:
    """Who may not ask a warehouse yet comes again and has lost nothing; who got no answer has tried once."""
    try:
        yield
    except NotYet as error:
        raise Postpone(str(error), delay=timedelta(seconds=error.seconds)) from error
    except Unlucky as error:
        raise Retry(str(error), delay=min(backoff(context.tries), SOON)) from error
    except WarehouseUnavailable as error:
        raise Retry(str(error)) from error


async def push_order(context: JobContext, *, work_order_id: str) -> None:
    """After the last attempt the work order waits for a person, with the reason on it; the job is then done."""
    with _asking(context):
        await push_fulfillment(UUID(work_order_id), last_attempt=context.last)


async def stop_work(context: JobContext, *, work_order_id: str) -> None:
    """After the last attempt a person has to stop it."""
    with _asking(context):
        await stop_at_warehouse(UUID(work_order_id), last_attempt=context.last)


async def cancel_stopped(context: JobContext, *, order_id: str, actor: str, cause: str) -> None:
    """Every warehouse gave back what it had, so the order is called off. If that fails, a person hears."""
    try:
        await cancel_order(UUID(order_id), actor=actor, cause=cause)
    except TooLateToCancel:
        await keep_for_a_person(UUID(order_id))


async def refund_stopped(context: JobContext, *, order_id: str, source: str) -> None:
    """Every warehouse answered: what all of them stopped is paid back, once."""
    order, wish = UUID(order_id), await refund_to_make(UUID(order_id), UUID(source))
    if wish is None:
        return
    refused = ""
    try:
        await request_refund(
            order, lines=wish.lines, freight_amount=wish.freight_amount, reason=wish.reason, restock=wish.restock,
            source_id=wish.source, into_credit=wish.into_credit, unsent_only=wish.unsent_only,
        )  # fmt: skip
    except Refusal as refusal:
        refused = refusal.code
    await after_the_refund(order, refused=refused)


async def follow_way_back(context: JobContext, *, way_back_id: str) -> None:
    """What could not be stopped has left, or is back: a return is opened for the shopper, or the money goes back."""
    found = await way_to_follow(UUID(way_back_id))
    if found is None:
        return
    one, aftersale, refused = found.way_back, None, ""
    try:
        if found.wish:
            aftersale = await request_aftersale(one.order_id, found.wish, opened_by="merchant", actor=one.chosen_by)
        else:
            await request_refund(one.order_id, lines=found.lines, reason=CAME_BACK, restock=True, source_id=one.id)
    except Refusal as refusal:
        refused = refusal.code
    await way_followed(one.id, aftersale=aftersale, refused=refused)


async def announce(context: JobContext, *, aftersale_id: str) -> None:
    """After the last attempt a person has to tell the warehouse."""
    with _asking(context):
        await announce_return(UUID(aftersale_id), last_attempt=context.last)


async def ask_for_news() -> None:
    """By the clock: fetch the news of every warehouse that is asked for them, and seldom of those that call us."""
    async with tenants.transaction():
        ago = await fulfillment.last_pulls()
        for warehouse in await fulfillment.warehouses():
            for kind, every in _rhythm(warehouse).items():
                if ago.get((warehouse.id, kind), every) >= every:
                    await post_pull(warehouse.id, kind)


def _rhythm(warehouse: WarehouseFacts) -> dict[PullKind, int]:
    try:
        pulls = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id).pulls
    except wiring.UnknownVendor:
        return {}
    return FETCHED if pulls else CAUGHT_UP


async def pull_news(context: JobContext, *, warehouse_id: str, news: str) -> None:
    """A no is noted at the warehouse, and the clock asks again."""
    with _asking(context), suppress(WarehouseRejected):
        await (pull_stock if news == "stock" else pull_shipments)(UUID(warehouse_id))


async def register_warehouse(context: JobContext) -> None:
    """Tell the built-in warehouse where this store listens."""
    tenant = tenants.current()
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    callback, carrier = (lifecycle.webhook_secret(tenant.id, kind) for kind in ("warehouse", "carrier"))
    for warehouse in filter(wiring.is_practice, warehouses):
        try:
            await wiring.register_warehouse(
                warehouse, tenant_id=tenant.id, callback_secret=callback, carrier_secret=carrier
            )
        except WarehouseUnavailable as error:
            async with tenants.transaction():
                await fulfillment.note_trouble(warehouse.id, str(error))
            raise Retry(str(error)) from error
        async with tenants.transaction():
            await fulfillment.note_answer(warehouse.id)


async def take_manners(context: JobContext, *, warehouse_id: str) -> None:
    """Tell the simulator how the merchant wants a practice warehouse to behave."""
    with _asking(context):
        await tell_manners(UUID(warehouse_id))


async def check_warehouse(context: JobContext, *, warehouse_id: str) -> None:
    """Ask for an order that nobody made, for the merchant who pressed the button; what comes of it is its health.

    "There is no such order" is the answer we want: the credentials were believed.
    """
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(UUID(warehouse_id))
    trouble = ""
    try:
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
        async with renewing(warehouse.id):
            await gateway.query_order(f"check-{context.job_id.hex[-12:]}")
    except NotYet as error:
        raise Postpone(str(error), delay=timedelta(seconds=error.seconds)) from error
    except WarehouseRejected as error:
        trouble = "" if error.code in HARMLESS else f"{error.code}: {error.args[1] or error.code}"
    except WarehouseUnavailable as error:
        trouble = str(error) or "did not answer"
    async with tenants.transaction():
        if trouble:
            await fulfillment.note_trouble(warehouse.id, trouble)
        else:
            await fulfillment.note_answer(warehouse.id)


async def authorize(context: JobContext, *, warehouse_id: str) -> None:
    """After the last attempt a code is given up, and the merchant begins anew."""
    with _asking(context):
        await settle_authorization(UUID(warehouse_id), last_attempt=context.last)


async def rehearse(context: JobContext, *, rehearsal_id: str) -> None:
    """One look at a rehearsal, which asks for the next one by itself."""
    await go_on(UUID(rehearsal_id))


async def reroute_missing(context: JobContext, *, work_order_id: str) -> None:
    """By the store's rule; what no other warehouse has waits for a person among the exceptions."""
    try:
        await reroute_short(UUID(work_order_id), by="rule")
    except Refusal:
        return


HANDLERS: Handlers = {
    "fulfillment.way_back": follow_way_back,
    "fulfillment.rehearse": rehearse,
    "fulfillment.reroute_short": reroute_missing,
    "fulfillment.announce_return": announce,
    "fulfillment.authorize": authorize,
    "fulfillment.check_warehouse": check_warehouse,
    "fulfillment.manners": take_manners,
    "fulfillment.plan": plan_order,
    "fulfillment.pull_news": pull_news,
    "fulfillment.push_order": push_order,
    "fulfillment.register_warehouse": register_warehouse,
    "fulfillment.stop": stop_work,
    "orders.cancel": cancel_stopped,
    "payments.refund_stopped": refund_stopped,
}
