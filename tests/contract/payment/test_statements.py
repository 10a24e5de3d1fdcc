"""What a day's statement of the sandbox says, asked over its signed interface."""

from __future__ import annotations

import sqlite3
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from infra.http import Outside
from infra.payment.port import PaymentAccount, PaymentRequest, RefundRequest
from infra.payment.sandbox import SandboxOffice, SandboxPayments
from infra.payment.sandbox_server import records
from infra.payment.sandbox_wire import Behavior, RegisterMerchant
from infra.payment.statement_port import StatementLine, StatementSource
from infra.simulation.store import open_store
from tests.contract.conftest import Listener, Server

SHOP = "http://tea.localhost:8000/orders/1"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def office(sandbox: Server, outside: Outside) -> SandboxOffice:
    return SandboxOffice(sandbox.url, outside)


@pytest.fixture
async def account(sandbox: Server, office: SandboxOffice, listener: Listener) -> PaymentAccount:
    merchant_id = f"m-{uuid.uuid4().hex}"
    await office.register(RegisterMerchant(merchant_id, "s3cret", f"{listener.url}/webhooks/payments/x", "Tea"))
    return PaymentAccount(merchant_id, "s3cret", sandbox.url, "CNY")


@pytest.fixture
def provider(account: PaymentAccount, outside: Outside) -> SandboxPayments:
    return SandboxPayments(account, outside)


def _request(number: str, amount: int = 12_345) -> PaymentRequest:
    return PaymentRequest(number, amount, "CNY", "Two boxes of tea", SHOP)


async def _pay(provider: SandboxPayments, number: str = "P1", amount: int = 12_345) -> None:
    intent = await provider.create(_request(number, amount))
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.post(intent.pay_url.partition("?")[0], data={"choice": "pay"})


async def _lines(provider: SandboxPayments) -> list[StatementLine]:
    """Of today; a test that runs over midnight looks at both days."""
    now = datetime.now(UTC).date()
    return [line for day in sorted({TODAY, now}) for line in await provider.statement(day)]


def test_the_sandbox_offers_statements(provider: SandboxPayments) -> None:
    assert isinstance(provider, StatementSource)


async def test_a_captured_payment_is_on_the_statement_with_its_fee(provider: SandboxPayments) -> None:
    await _pay(provider, "P1", 12_345)
    await provider.create(_request("P2"))

    [line] = await _lines(provider)

    assert (line.number, line.kind, line.amount, line.fee_amount, line.currency) == ("P1", "payment", 12_345, 74, "CNY")
    assert line.provider_ref == (await provider.query("P1")).provider_ref
    assert abs(datetime.now(UTC) - line.happened_at) < timedelta(minutes=1)


async def test_a_refund_is_a_line_of_its_own(provider: SandboxPayments) -> None:
    await _pay(provider)
    await provider.refund(RefundRequest("P1-R1", "P1", 345, "CNY"))

    lines = await _lines(provider)

    assert [(line.number, line.kind, line.amount, line.fee_amount) for line in lines] == [
        ("P1", "payment", 12_345, 74), ("P1-R1", "refund", 345, 0),
    ]  # fmt: skip


async def test_a_failed_refund_is_on_no_statement(
    provider: SandboxPayments, office: SandboxOffice, account: PaymentAccount
) -> None:  # fmt: skip
    await _pay(provider)
    await office.behave(account.merchant_id, Behavior(fail_refunds=True))
    await provider.refund(RefundRequest("P1-R1", "P1", 345, "CNY"))

    assert [line.kind for line in await _lines(provider)] == ["payment"]


async def test_the_fee_is_what_was_agreed(
    provider: SandboxPayments, office: SandboxOffice, account: PaymentAccount
) -> None:  # fmt: skip
    await office.behave(account.merchant_id, Behavior(fee_bps=0))
    await _pay(provider)

    assert [line.fee_amount for line in await _lines(provider)] == [0]


async def test_another_day_has_nothing_of_today(provider: SandboxPayments) -> None:
    await _pay(provider)

    assert await provider.statement(TODAY - timedelta(days=1)) == []


def test_a_long_day_comes_in_pages(tmp_path: Path) -> None:
    db = open_store(tmp_path / "books", records.SCHEMA)
    records.upgrade(db)
    db.executemany(
        "INSERT INTO payment (merchant_id, number, provider_ref, amount, currency, description, return_url, status,"
        " captured_at) VALUES ('m', ?, ?, 100, 'CNY', '', '', 'captured', ?)",
        [(f"P{number}", f"ref-{number}", 1_700_000_000 + number) for number in range(25)],
    )
    day = datetime.fromtimestamp(1_700_000_000, UTC).date()

    pages = [records.statement(db, "m", day, skip=skip, limit=10) for skip in (0, 10, 20)]

    assert [line.number for page in pages for line in page] == [f"P{number}" for number in range(25)]


def test_books_of_an_earlier_version_are_opened(tmp_path: Path) -> None:
    db: sqlite3.Connection = open_store(tmp_path / "books", records.SCHEMA)

    records.upgrade(db)
    records.upgrade(db)

    assert records.statement(db, "m", TODAY, skip=0, limit=10) == []
