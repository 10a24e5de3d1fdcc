"""Yesterday's statement is asked for by the clock and compared by a job."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import tenants
from app import payments
from app.kernel.ids import new_id
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.statement_port import StatementLine
from tenants import Tenant
from tests.builders_selling import jobs
from tests.builders_statements import DAY, money_of_a_day
from workers import reconciliation, timetable
from workers.context import GiveUp, JobContext, Retry

KIND = "reconciliation.statement"


class Provider:
    """Says what it was given for a day, or fails."""

    def __init__(self, lines: list[StatementLine], error: Exception | None = None) -> None:
        self.lines, self.error = lines, error

    async def statement(self, day: date) -> list[StatementLine]:
        if self.error:
            raise self.error
        return self.lines


def _attempt(number: int = 1) -> JobContext:
    return JobContext(new_id(), KIND, number, 6)


@pytest.fixture
def calling(monkeypatch: pytest.MonkeyPatch) -> Any:
    def call(provider: object) -> None:
        async def called(name: str) -> object:
            return provider

        monkeypatch.setattr(reconciliation, "provider_called", called)

    return call


async def _kept() -> list[tuple[date, int]]:
    async with tenants.transaction():
        return [(one.day, one.matched) for one in (await payments.statements()).items]


async def test_a_day_is_asked_for_and_compared(shop: Tenant, calling: Any) -> None:
    calling(Provider(await money_of_a_day(3)))

    await reconciliation.statement(_attempt(), provider="sandbox", day=DAY.isoformat())
    await reconciliation.statement(_attempt(), provider="sandbox", day=DAY.isoformat())

    assert await _kept() == [(DAY, 3)]


async def test_a_provider_that_is_away_is_asked_again(shop: Tenant, calling: Any) -> None:
    calling(Provider([], PaymentUnavailable("not ready")))

    with pytest.raises(Retry):
        await reconciliation.statement(_attempt(), provider="sandbox", day=DAY.isoformat())
    await reconciliation.statement(_attempt(6), provider="sandbox", day=DAY.isoformat())

    assert await _kept() == []


async def test_a_provider_that_will_never_say_is_left_to_a_person(shop: Tenant, calling: Any) -> None:
    calling(Provider([], PaymentRejected("no_statement")))

    with pytest.raises(GiveUp):
        await reconciliation.statement(_attempt(), provider="sandbox", day=DAY.isoformat())


async def test_a_provider_without_statements_is_left_to_the_upload(shop: Tenant, calling: Any) -> None:
    calling(object())

    await reconciliation.statement(_attempt(), provider="bank_transfer", day=DAY.isoformat())

    assert await _kept() == []


async def _opened(days_ago: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE payment_account SET created_at = $1", datetime.now(UTC) - timedelta(days=days_ago)
        )


async def test_each_missing_day_of_the_last_week_is_asked_for_once(shop: Tenant, calling: Any) -> None:
    await _opened(days_ago=2)
    await timetable.ask_for_statements()
    await timetable.ask_for_statements()
    assert await jobs(KIND) == 2

    calling(Provider([]))
    for day in (1, 2):
        asked = (datetime.now(UTC) - timedelta(days=day)).date().isoformat()
        await reconciliation.statement(_attempt(), provider="sandbox", day=asked)
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM outbox WHERE kind = $1", KIND)
    await timetable.ask_for_statements()

    assert await jobs(KIND) == 0


async def test_a_store_that_opened_today_has_no_yesterday(shop: Tenant) -> None:
    await timetable.ask_for_statements()

    assert await jobs(KIND) == 0
