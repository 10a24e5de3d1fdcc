"""A process may die at any commit and any outbound call of an order's money; every state it leaves behind is mended."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import secrets
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import tenants
from app import payments
from infra import wiring
from infra.payment.port import PaymentUnknown
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_server.app import build_app
from infra.settings import ROOT, settings
from tenants import Tenant, lifecycle
from tests import builders, builders_earning, builders_selling, invariants
from tests.builders_running import serving
from tests.faults import money_life
from tests.faults.boundaries import FLOWS, Moment, boundaries
from tests.faults.money_life import Part

# Journeys that touch payments or the books and are not tried, each with its reason.
OTHER_FLOWS = {
    "edit_order": "prices only what is not paid yet; fewer units of a paid order are request_refund's",
    "deliver_parcel": "takes its notice into the inbox, and moves no money",
    "ship_order": "takes its notice into the inbox, and moves no money",
    "put_aside": "marks a notice as looked at",
    "book_checks": "only reads",
    "reconcile_statement": "one transaction that calls nobody; a day that was not compared is asked for again",
    "recompute_books": "only reads, and opens tickets that it closes again",
    "switchboard": "only reads",
    "payment_choices": "only reads",
    "connect_payments": "changes accounts at providers, and moves no money",
    "handle_notice": "marks a notice as looked at",
    "confirm_payment": "writes down what a person saw; settle_payment and settle_refund move the money",
    "refuse_cash": "calls an order off that was never paid, in one transaction",
    "promising": "is a step of start_payment, inside its transaction",
    "choose_savings": "only reads",
    "issue_gift_cards": "one commit, and nothing before or after it",
    "change_store_credit": "one commit, and nothing before or after it",
}

MONEY = {"payments", "ledger", "wallets"}

pytestmark = pytest.mark.xdist_group("crashing")
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.money_life"])


@pytest.fixture
async def bank(pools: None, tmp_path: Path) -> AsyncIterator[None]:
    """The payment sandbox, whose books outlive every process of ours."""
    async with serving(build_app(tmp_path / "books.sqlite3"), settings().sandbox_port, lifespan="on"):
        yield
    await wiring.close()


async def _part(boundary: str = "", moment: Moment = "before") -> tuple[Tenant, Part]:
    tenant = await builders.open_store(f"crash-{secrets.token_hex(4)}")
    with tenants.bind(tenant):
        made = await builders_selling.offer(stock=20)
        link = await builders_earning.link(await builders_earning.promoter())
        async with tenants.transaction():
            account = await payments.account_of("sandbox")
        await wiring.register_payments(
            account, tenant_id=tenant.id, webhook_secret=lifecycle.webhook_secret(tenant.id, "payments"), name="Tea"
        )
        office = SandboxOffice(account["base_url"], wiring.outside(account["base_url"]))
        await office.behave(account["merchant_id"], money_life.QUIET)
    return tenant, Part(tenant.id, made, link.id, boundary, moment)


async def _live(part: Part, reached: Path) -> int | None:
    """Play the part in a process of its own. Returns how it ended: minus the signal that killed it."""
    wanted = ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name in wanted or name.startswith("TUANZHOU_")}
    process = FORKS.Process(target=money_life.play, args=(part, environment, str(reached)))
    process.start()
    await asyncio.to_thread(process.join, 60)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"{part.boundary}: the process hangs")
    return process.exitcode


async def _mend(tenant: Tenant) -> None:
    """What the system does by itself once the provider is well again: leases run out, the reconciler asks, and the
    time to pay passes."""
    _provider, office, merchant = await money_life.provider()
    await office.behave(merchant, money_life.QUIET)
    for _ in range(3):
        await money_life.make_everything_due(except_kind="payments.expire_order")
        await money_life.ask_and_work(tenant)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET expires_at = now() - interval '1 minute'")
    for _ in range(3):
        await money_life.make_everything_due()
        await money_life.ask_and_work(tenant)


async def _disagreements() -> list[str]:
    """Where our books and the provider's tell different stories, and what is left half done."""
    found: list[str] = []
    async with tenants.transaction():
        account = await payments.account_of("sandbox")
        database = tenants.connection()
        ours = await database.fetch(
            "SELECT number, status, amount, (SELECT coalesce(sum(refund.amount), 0)::bigint FROM refund"
            " WHERE refund.payment = payment.id AND refund.status = 'succeeded') AS back FROM payment"
        )
        undone = await database.fetch(
            "SELECT kind, status, last_error FROM outbox WHERE status <> 'done' AND NOT starts_with(kind, $1)"
            " AND kind <> 'attribution.fold_clicks'",
            money_life.ELSEWHERE,
        )
        stuck = await database.fetch(
            "SELECT number, status, payment_status FROM orders WHERE status = 'placed'"
            " AND payment_status NOT IN ('paid', 'partially_refunded', 'refunded')"
        )
    store = tenants.current()
    provider = wiring.payment_provider(account, tenant_id=store.id, currency=store.currency)
    for row in ours:
        try:
            theirs = await provider.query(row["number"])
        except PaymentUnknown:
            if row["status"] == "captured":
                found.append(f"{row['number']}: captured here, unknown there")
            continue
        if (theirs.status == "captured") != (row["status"] == "captured"):
            found.append(f"{row['number']}: {row['status']} here, {theirs.status} there")
        if theirs.refunded_amount != row["back"]:
            found.append(f"{row['number']}: {row['back']} back here, {theirs.refunded_amount} there")
    found += [f"job left: {dict(row)}" for row in undone] + [f"order stuck: {dict(row)}" for row in stuck]
    return found


def _touches_money(path: Path) -> bool:
    source = path.read_text()
    rooms = re.findall(r"^from app import (.+)$", source, re.MULTILINE)
    return "tenants.transaction()" in source and bool(MONEY & {name for line in rooms for name in line.split(", ")})


def test_every_flow_that_touches_money_is_tried() -> None:
    found = {path.stem for path in (ROOT / "app" / "flows").glob("*.py") if _touches_money(path)}

    assert found - set(FLOWS) - OTHER_FLOWS.keys() == set()


async def test_the_life_of_an_orders_money_comes_by_every_boundary(bank: None, tmp_path: Path) -> None:
    tenant, part = await _part()

    assert await _live(part, tmp_path / "reached") == 0

    missed = {one.name for one in boundaries()} - set((tmp_path / "reached").read_text().split())
    assert missed == set()
    with tenants.bind(tenant):
        await _mend(tenant)
        assert await _disagreements() == []
        await invariants.check(tenant)


@pytest.mark.timeout(900)
async def test_dying_at_any_boundary_leaves_nothing_half_done(bank: None, tmp_path: Path) -> None:
    moments: tuple[Moment, Moment] = ("before", "after")
    deaths = [(one.name, moment) for one in boundaries() for moment in moments]

    for name, moment in deaths:
        tenant, part = await _part(name, moment)
        assert await _live(part, tmp_path / "reached") == -signal.SIGKILL, (name, moment)
        with tenants.bind(tenant):
            await _mend(tenant)
            assert await _disagreements() == [], (name, moment)
            await invariants.check(tenant)

    print(f"crashes boundaries={len(boundaries())} deaths={len(deaths)} half_done=0")  # noqa: T201 - the figure
