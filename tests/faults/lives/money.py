"""The life of an order's money: orders are placed, paid, given up, canceled, paid too late and refunded, and the jobs
that follow are done.

Nobody but this process acts: the sandbox sends no notices, so payments are found by asking.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx

import tenants
from app import links, orders, payments
from app.flows.ask_provider import ask_provider
from app.flows.cancel_order import cancel_order
from app.flows.place_order import place_order
from app.flows.request_refund import request_refund, retry_refund
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import PayPage, ProviderAway, ProviderRefused, start_payment
from infra import wiring
from infra.payment.port import PaymentProvider, PaymentRequest, PaymentUnknown
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_server.app import build_app
from infra.payment.sandbox_wire import Behavior
from infra.settings import settings
from tenants import outbox
from tests import builders_earning, builders_selling
from tests.builders_running import serving
from tests.builders_selling import Offer
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.stage import register_payments

PAGE = PayPage("http://tea.localhost:8000/orders/1", "en", "Order")
QUIET = Behavior(drop_bps=10_000)
ELSEWHERE = "fulfillment."  # the warehouse has a life of its own


@dataclass(frozen=True, slots=True)
class Made:
    offer: Offer
    link: UUID


@asynccontextmanager
async def around(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The payment sandbox, whose books outlive every process of ours."""
    async with serving(build_app(folder / "books.sqlite3"), settings().sandbox_port, lifespan="on"):
        yield {}
    await wiring.close()


async def prepare() -> Made:
    offer = await builders_selling.offer(stock=20)
    link = await builders_earning.link(await builders_earning.promoter())
    await register_payments(tenants.current(), QUIET)
    return Made(offer, link.id)


async def live(made: Made) -> None:
    """Eleven orders, each of which ends another way."""
    await _refused_at_first(made)
    await _another_way(made)
    await _refund_fails_at_first(made)
    await _paid_and_back(made)
    await _paid_and_pressed_again(made)
    refunded, canceled, called_off, late = [await _order(made) for _ in range(4)]
    for paid in (refunded, called_off):
        await _pay(paid)
    await ask_and_work()
    await request_refund(refunded, amount=1000, reason="a bruise")
    await cancel_order(canceled, actor="shopper")
    await cancel_order(called_off, actor="shopper")
    await ask_and_work()
    url = await _start(late)
    await builders_selling.run_out_of_time(late)
    await jobs.make_everything_due()
    await ask_and_work()
    await choose(url, "pay")  # the sandbox has closed it by now, so this shopper cannot pay any more
    hurried = await _order(made)
    await _pay(hurried)
    await builders_selling.run_out_of_time(hurried)
    await jobs.make_everything_due()
    await ask_and_work()
    overtaken = await _order(made)
    url = await _start(overtaken)
    await choose(url, "pay")
    await cancel_order(overtaken, actor="shopper")  # paid over there, not known here: the money is late
    await reopen_for_asking(overtaken)
    await ask_and_work()


async def _refused_at_first(made: Made) -> None:
    """The provider is away, then it knows our number with another sum; the second number works."""
    order_id = await _order(made)
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
    await ask_and_work()


async def _another_way(made: Made) -> None:
    """The shopper had begun to pay another way, which is closed before the new one opens."""
    order_id = await _order(made)
    async with tenants.transaction():
        order = await orders.lock(order_id)
        begun = await payments.open_payment(
            order_id, order.number, provider="sandbox", amount=order.total_amount - 1, currency=order.currency
        )
    bank, _office, _merchant = await provider()
    await bank.create(PaymentRequest(begun.number, begun.amount, begun.currency, "Tea", PAGE.return_url))
    await _pay(order_id)
    await ask_and_work()


async def _refund_fails_at_first(made: Made) -> None:
    order_id = await _order(made)
    await _pay(order_id)
    await ask_and_work()
    _, office, merchant = await provider()
    await office.behave(merchant, Behavior(drop_bps=10_000, fail_refunds=True))
    await request_refund(order_id, amount=None, reason="a bruise")
    await jobs.work(ELSEWHERE)
    await office.behave(merchant, QUIET)
    async with tenants.transaction():
        (refund,) = await payments.refunds_of(order_id)
    await retry_refund(refund.id)
    await ask_and_work()


async def _paid_and_back(made: Made) -> None:
    """The page the shopper comes back to asks the provider."""
    order_id = await _order(made)
    await _pay(order_id)
    news = await ask_provider(order_id)
    assert news is not None
    await settle_payment(news.state, source=news.source)
    await jobs.work(ELSEWHERE)


async def _paid_and_pressed_again(made: Made) -> None:
    order_id = await _order(made)
    await _pay(order_id)
    again = await start_payment(order_id, "sandbox", PAGE)
    assert again.news is not None
    await settle_payment(again.news.state, source=again.news.source)
    await jobs.work(ELSEWHERE)


async def _order(made: Made) -> UUID:
    visitor, cart = await builders_selling.fill_cart(made.offer)
    async with tenants.transaction():
        link = await links.find(made.link)
    await builders_earning.click(link, visitor=visitor)
    placed = await place_order(cart, visitor, builders_selling.checkout())
    return placed.order_id


async def paid_order(made: Made) -> UUID:
    """Placed through the link, paid, and known to be paid."""
    order_id = await _order(made)
    await _pay(order_id)
    await ask_and_work()
    return order_id


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
    async with httpx.AsyncClient(trust_env=False, verify=False) as browser:  # noqa: S501 - spoken to in plain HTTP
        await browser.post(url.partition("?")[0], data={"choice": choice})


async def ask_and_work() -> None:
    """Do the jobs that are due, then ask the provider about everything open, then do what follows from that."""
    for _ in range(3):
        await jobs.work(ELSEWHERE)
        await age_open_payments()
        async with tenants.transaction():
            await outbox.post("payments.reconcile", queue="default", key="payments.reconcile")
        await jobs.work(ELSEWHERE)


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


async def reopen_for_asking(order_id: UUID) -> None:
    """The provider's notice about a payment we gave up, as the reconciler would hear it by asking."""
    async with tenants.transaction():
        newest = await payments.newest_of(order_id)
    assert newest is not None
    bank, _office, _merchant = await provider()
    await settle_payment(await bank.query(newest.number))


async def mend() -> None:
    """Once the provider is well again: leases run out, the reconciler asks, and the time to pay passes."""
    _provider, office, merchant = await provider()
    await office.behave(merchant, QUIET)
    for _ in range(3):
        await jobs.make_everything_due(except_kind="payments.expire_order")
        await ask_and_work()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET expires_at = now() - interval '1 minute'")
    for _ in range(3):
        await jobs.make_everything_due()
        await ask_and_work()


async def disagreements() -> list[str]:
    """Where our books and the provider's tell different stories, and what is left half done."""
    found = await jobs.undone(ELSEWHERE)
    async with tenants.transaction():
        database = tenants.connection()
        ours = await database.fetch(
            "SELECT number, status, amount, (SELECT coalesce(sum(refund.amount), 0)::bigint FROM refund"
            " WHERE refund.payment = payment.id AND refund.status = 'succeeded') AS back FROM payment"
        )
        stuck = await database.fetch(
            "SELECT number, status, payment_status FROM orders WHERE status = 'placed'"
            " AND payment_status NOT IN ('paid', 'partially_refunded', 'refunded')"
        )
    bank, _office, _merchant = await provider()
    for row in ours:
        try:
            theirs = await bank.query(row["number"])
        except PaymentUnknown:
            if row["status"] == "captured":
                found.append(f"{row['number']}: captured here, unknown there")
            continue
        if (theirs.status == "captured") != (row["status"] == "captured"):
            found.append(f"{row['number']}: {row['status']} here, {theirs.status} there")
        if theirs.refunded_amount != row["back"]:
            found.append(f"{row['number']}: {row['back']} back here, {theirs.refunded_amount} there")
    return found + [f"order stuck: {dict(row)}" for row in stuck]


SPARED = {
    "edit_order": "prices only what is not paid yet; fewer units of a paid order are request_refund's",
    "put_aside": "marks a notice as looked at",
    "book_checks": "only reads",
    "switchboard": "only reads",
    "payment_choices": "only reads",
    "who_pays": "asks a wallet for a name and keeps nothing but the provider's health",
    "sign_in_with_wallet": "keeps the wallet's name of a person and the provider's health, and moves no money",
    "simulate_plan": "reckons what a plan would have paid, and books nothing",
    "connect_payments": "changes accounts at providers, and moves no money",
    "handle_notice": "marks a notice as looked at",
    "confirm_payment": "writes down what a person saw; settle_payment and settle_refund move the money",
    "refuse_cash": "calls an order off that was never paid, in one transaction",
    "promising": "is a step of start_payment, inside its transaction",
    "choose_savings": "only reads",
    "issue_gift_cards": "one commit, and nothing before or after it",
    "change_store_credit": "one commit, and nothing before or after it",
    "tell_wechat": "tells the platform of parcels and keeps what it was told; no money moves",
    "answer_substitution": "one commit for each answer; send_refund and push_fulfillment do what it asks for",
    "propose_substitution": "one commit that asks the shopper and moves no money",
    "recode_gift_card": "one commit that moves no money; what comes before it only says who asked",
}

LIFE = Life(
    files=flows(
        "place_order", "start_payment", "ask_provider", "settle_payment", "expire_reservation", "cancel_order",
        "request_refund", "send_refund", "settle_refund", "decide_attribution", "finalize_attribution",
        "reverse_commission",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=around, calls=frozenset({"provider"}),
    spared=SPARED,
)  # fmt: skip
