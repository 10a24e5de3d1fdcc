"""Single clicks are kept for a while, in parts by the month; what came of them stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

import tenants
from app import links
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from app.links.keeping import Month, month_of, months_over, months_wanted
from migrations import click_months
from tenants import Tenant
from tests import builders_earning as build
from workers.clicks import keep_clicks


def _arrived(link: links.Link, at: datetime, *, reason: str = "") -> links.Click:
    """A click whose id says when it arrived, as all of them do."""
    random = new_id().int & ((1 << 80) - 1)
    click_id = UUID(int=(int(at.timestamp() * 1000) << 80) | random)
    return msgspec.structs.replace(build.click_of(link, at=at, reason=reason), id=click_id)


async def _write(*clicks: links.Click) -> None:
    async with tenants.transaction():
        await links.write_clicks(clicks)


async def _parts() -> dict[str, int]:
    """How many clicks lie in which part."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT tableoid::regclass::text AS part, count(*) AS clicks FROM click GROUP BY 1"
        )
    return {row["part"].rpartition(".")[2]: row["clicks"] for row in rows}


async def _months(shop: Tenant, at: datetime, keep_from: datetime) -> tuple[list[str], list[str]]:
    return await click_months.keep_months(shop.schema_name, shop.cluster, at, keep_from)


def test_a_month_ends_where_the_next_begins() -> None:
    december = month_of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    assert (december.part, december.next.part) == ("click_2026_12", "click_2027_01")
    assert [month.part for month in months_wanted(datetime(2026, 11, 30, tzinfo=UTC))] == [
        "click_2026_11", "click_2026_12", "click_2027_01",
    ]  # fmt: skip


def test_a_month_is_over_when_its_last_day_is() -> None:
    parts = ["click_2026_08", "click_2026_09", "click_before"]

    assert months_over(parts, datetime(2026, 8, 31, tzinfo=UTC)) == []
    assert months_over(parts, datetime(2026, 9, 1, tzinfo=UTC)) == [Month(datetime(2026, 8, 1, tzinfo=UTC))]


async def test_months_are_there_before_they_begin(shop: Tenant) -> None:
    link = await build.link(await build.promoter())

    await keep_clicks()
    await keep_clicks()

    ahead = month_of(now()).next
    await _write(_arrived(link, ahead.starts_at), _arrived(link, ahead.next.starts_at - timedelta(milliseconds=1)))
    assert await _parts() == {ahead.part: 2}


async def test_two_workers_make_a_month_once(shop: Tenant) -> None:
    moment = now()

    both = await asyncio.gather(*(_months(shop, moment, moment - timedelta(days=90)) for _ in range(2)))

    made = [part for one, _ in both for part in one]
    assert sorted(made) == [month.part for month in months_wanted(moment)]


async def test_a_month_that_has_begun_without_a_part_keeps_its_clicks_where_they_are(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await _write(build.click_of(link))

    await _months(shop, now(), now() - timedelta(days=90))
    await _write(build.click_of(link))

    assert await _parts() == {"click_before": 2}


async def test_a_month_nobody_needs_goes_and_its_figures_stay(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    may = datetime(2026, 5, 17, 20, 15, tzinfo=UTC)
    await _months(shop, may, may - timedelta(days=90))
    await _write(_arrived(link, may), _arrived(link, may, reason="machine"))
    await fold_clicks()

    _, dropped = await _months(shop, now(), now() - timedelta(days=90))

    assert dropped == ["click_2026_05", "click_2026_06", "click_2026_07"]
    assert await _parts() == {}
    async with tenants.transaction():
        tally = (await links.tallies_of([link.id]))[link.id]
        days = await links.days_of([link.id], may - timedelta(days=1), "UTC")
        touches = await tenants.connection().fetchval("SELECT count(click) FROM touch")
    assert (tally.raw_clicks, tally.clicks, touches) == (2, 1, 1)
    assert days == [links.Span(datetime(2026, 5, 17, tzinfo=UTC), 2, 1, 1, 1)]


async def test_a_click_nobody_has_folded_keeps_its_month(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    may = datetime(2026, 5, 17, tzinfo=UTC)
    await _months(shop, may, may - timedelta(days=90))
    await _write(_arrived(link, may))

    _, dropped = await _months(shop, now(), now() - timedelta(days=90))

    assert dropped == ["click_2026_06", "click_2026_07"]
    assert await _parts() == {"click_2026_05": 1}


async def test_old_clicks_without_a_month_are_forgotten_too(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await _write(*(_arrived(link, build.days_ago(days)) for days in (89, 91, 200)))
    await fold_clicks()

    await keep_clicks()

    assert await _parts() == {"click_before": 1}


async def test_clicks_are_kept_as_long_as_they_count_for_a_sale(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET click_window_days = 120")
    await _write(_arrived(link, build.days_ago(110)), _arrived(link, build.days_ago(130)))
    await fold_clicks()

    await keep_clicks()

    assert await _parts() == {"click_before": 1}


@pytest.mark.parametrize("days", [29, 731])
async def test_the_merchant_keeps_clicks_as_long_as_makes_sense(shop: Tenant, days: int) -> None:
    async with tenants.transaction():
        with pytest.raises(InvalidInput):
            await links.choose_keep_days(days, by="Su He")
        await links.choose_keep_days(45, by="Su He")

        assert await links.keep_days() == 45


async def test_another_store_keeps_its_own(shop: Tenant, other_shop: Tenant) -> None:
    await keep_clicks()

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await links.parts() == ["click_before"]
