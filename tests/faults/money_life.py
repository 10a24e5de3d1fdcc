"""The money's whole life in one store, played in a process that may die at a boundary: orders are placed, paid, given
up, canceled, paid too late and refunded, and the jobs that follow are done.

Nobody but this process acts: the sandbox sends no notices, so payments are found by asking.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog

import tenants
from app import links, orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.place_order import place_order
from app.flows.request_refund import request_refund, retry_refund
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import PayPage, ProviderAway, ProviderRefused, start_payment
from infra import redis, wiring
from infra.payment.port import PaymentProvider, PaymentRequest
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_wire import Behavior
from tenants import Tenant, directory, outbox, platform, scope
from tests import builders_earning, builders_selling
from tests.builders_selling import Offer
from tests.faults import boundaries
from tests.faults.boundaries import Moment
from workers.registry import HANDLERS
from workers.runner import run_job

PAGE = PayPage("http://tea.localhost:8000/orders/1", "en", "Order")
QUIET = Behavior(drop_bps=10_000)
ELSEWHERE = "fulfillment."  # the warehouse has its own tests


@dataclass(frozen=True, slots=True)
class Part:
    """What one process has to do, and where it dies."""

    tenant_id: UUID
    offer: Offer
    link: UUID
    boundary: str = ""
    moment: Moment = "before"


def play(part: Part, environment: dict[str, str], reached_file: str) -> None:
    """The process's main function. Writes the boundaries it came by, unless it died."""
    os.environ.update(environment)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    reached: set[str] = set()
    boundaries.crash_at(part.boundary, part.moment, reached)
    asyncio.run(_play(part))
    with open(reached_file, "w") as file:
        file.write("\n".join(sorted(reached)))


async def _play(part: Part) -> None:
    await platform.open_pool(size=2)
    await scope.open_pools(size=3)
    tenant = await directory.find(part.tenant_id)
    assert tenant is not None
    try:
        with tenants.bind(tenant):
            await live(tenant, part)
    finally:
        await wiring.close()
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


async def live(tenant: Tenant, part: Part) -> None:
    """Nine orders, each of which ends another way."""
    await _refused_at_first(tenant, part)
    await _another_way(tenant, part)
    await _refund_fails_at_first(tenant, part)
    refunded, canceled, called_off, late = [await _order(part) for _ in range(4)]
    for paid in (refunded, called_off):
        await _pay(paid)
    await ask_and_work(tenant)
    await request_refund(refunded, amount=1000, reason="a bruise")
    await cancel_order(canceled, actor="shopper")
    await cancel_order(called_off, actor="shopper")
    await ask_and_work(tenant)
    url = await _start(late)
    await builders_selling.run_out_of_time(late)
    await make_everything_due()
    await ask_and_work(tenant)
    await choose(url, "pay")  # the sandbox has closed it by now, so this shopper cannot pay any more
    hurried = await _order(part)
    await _pay(hurried)
    await builders_selling.run_out_of_time(hurried)
    await make_everything_due()
    await ask_and_work(tenant)
    overtaken = await _order(part)
    url = await _start(overtaken)
    await choose(url, "pay")
    await cancel_order(overtaken, actor="shopper")  # paid over there, not known here: the money is late
    await reopen_for_asking(overtaken)
    await ask_and_work(tenant)


async def _refused_at_first(tenant: Tenant, part: Part) -> None:
    """The provider is away, then it knows our number with another sum; the second number works."""
    order_id = await _order(part)
    bank, office, merchant = await provider()
    await office.behave(merchant, Behavior(drop_bps=10_000, error_bps=10_000))
    with suppress(ProviderAway):
        await _start(order_id)
    await office.behave(merchant, QUIET)
    async with tenants.transaction():
        order = await orders.find(order_id)
        await payments.close((await payments.open_payments_of(order_id))[0].id, "failed")
    taken = PaymentRequest(f"{order.number}-2", 1, order.currency, "Something else", PAGE.return_url)
    await bank.create(taken)
    with suppress(ProviderRefused):
        await _start(order_id)
    await _pay(order_id)
    await ask_and_work(tenant)


async def _another_way(tenant: Tenant, part: Part) -> None:
    """The shopper had begun to pay another way, which is closed before the new one opens."""
    order_id = await _order(part)
    async with tenants.transaction():
        order = await orders.lock(order_id)
        begun = await payments.open_payment(
            order_id, order.number, provider="sandbox", amount=order.total_amount - 1, currency=order.currency
        )
    bank, _office, _merchant = await provider()
    await bank.create(PaymentRequest(begun.number, begun.amount, begun.currency, "Tea", PAGE.return_url))
    await _pay(order_id)
    await ask_and_work(tenant)


async def _refund_fails_at_first(tenant: Tenant, part: Part) -> None:
    order_id = await _order(part)
    await _pay(order_id)
    await ask_and_work(tenant)
    _, office, merchant = await provider()
    await office.behave(merchant, Behavior(drop_bps=10_000, fail_refunds=True))
    await request_refund(order_id, amount=None, reason="a bruise")
    await work(tenant)
    await office.behave(merchant, QUIET)
    async with tenants.transaction():
        (refund,) = await payments.refunds_of(order_id)
    await retry_refund(refund.id)
    await ask_and_work(tenant)


async def _order(part: Part) -> UUID:
    visitor, cart = await builders_selling.fill_cart(part.offer)
    async with tenants.transaction():
        link = await links.find(part.link)
    await builders_earning.click(link, visitor=visitor)
    placed = await place_order(cart, visitor, builders_selling.checkout())
    return placed.order_id


async def provider() -> tuple[PaymentProvider, SandboxOffice, str]:
    """The store's provider, the office that spoils its mood, and the store's name there."""
    async with tenants.transaction():
        account = await payments.account_of("sandbox")
    store = tenants.current()
    bank = wiring.payment_provider(account, tenant_id=store.id, currency=store.currency)
    return bank, SandboxOffice(account["base_url"], wiring.outside(account["base_url"])), account["merchant_id"]


async def _start(order_id: UUID) -> str:
    return (await start_payment(order_id, "sandbox", PAGE)).url


async def _pay(order_id: UUID) -> None:
    await choose(await _start(order_id), "pay")


async def choose(url: str, choice: str) -> None:
    """The shopper at the provider's page."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(url.partition("?")[0], data={"choice": choice})


async def ask_and_work(tenant: Tenant) -> None:
    """Do the jobs that are due, then ask the provider about everything open, then do what follows from that."""
    for _ in range(3):
        await work(tenant)
        await age_open_payments()
        async with tenants.transaction():
            await outbox.post("payments.reconcile", queue="default", key="payments.reconcile")
        await work(tenant)


async def work(tenant: Tenant, rounds: int = 40) -> None:
    """One job after the other, until none is due; failing ones are put off by themselves."""
    for _ in range(rounds):
        async with tenants.transaction():
            due = await tenants.connection().fetch(
                "SELECT id, attempts FROM outbox WHERE status = 'due' AND run_at <= now()"
                " AND NOT starts_with(kind, $1) ORDER BY run_at, id",
                ELSEWHERE,
            )
        if not due:
            return
        for row in due:
            await run_job({"handlers": HANDLERS}, str(tenant.id), str(row["id"]), row["attempts"])


async def age_open_payments() -> None:
    """As if everything open had been open for five minutes."""
    async with tenants.transaction():
        for table in ("payment", "refund"):
            await tenants.connection().execute(
                f"UPDATE {table} SET created_at = created_at - interval '5 minutes',"
                " updated_at = updated_at - interval '5 minutes'"
                + (", asked_at = NULL" if table == "payment" else "")
                + " WHERE status IN ('pending', 'authorized')"
            )


async def make_everything_due(*, except_kind: str = "") -> None:
    """As if the time of every waiting job had come, and every lease had run out."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'due', lease_until = NULL, run_at = now() - interval '1 second'"
            " WHERE status IN ('due', 'queued', 'running') AND kind <> $1",
            except_kind,
        )


async def reopen_for_asking(order_id: UUID) -> None:
    """The provider's notice about a payment we gave up, as the reconciler would hear it by asking."""
    async with tenants.transaction():
        newest = await payments.newest_of(order_id)
    assert newest is not None
    bank, _office, _merchant = await provider()
    await settle_payment(await bank.query(newest.number))
