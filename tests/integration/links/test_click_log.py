"""A click is acknowledged only after it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

import tenants
from app import links
from app.flows.record_clicks import drain_once
from app.kernel.ids import new_id
from app.links import click_log, click_stream
from infra import redis
from tenants import Tenant, scope
from tests import builders_earning as build


@pytest.fixture
async def log() -> links.ClickLog:
    return links.ClickLog()


@pytest.fixture(autouse=True)
async def _empty_stream(pools: None) -> AsyncIterator[None]:
    await redis.client().delete(click_stream.STREAM, click_stream.DEAD)
    await click_stream.open_stream()
    yield
    await redis.client().delete(click_stream.STREAM, click_stream.DEAD)


async def _stored() -> int:
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM click")
        return count


async def test_two_hundred_shoppers_behind_one_address_are_two_hundred_clicks(
    shop: Tenant, log: links.ClickLog
) -> None:
    link = await build.link(await build.promoter())

    await asyncio.gather(*(log.record(shop, build.click_of(link)) for _ in range(200)))

    assert await _stored() == 200
    async with tenants.transaction():
        jobs = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'attribution.fold_clicks'")
    assert jobs == 1


async def test_two_stores_share_the_log_and_nothing_else(shop: Tenant, other_shop: Tenant, log: links.ClickLog) -> None:
    mine = await build.link(await build.promoter())
    with tenants.bind(other_shop):
        theirs = await build.link(await build.promoter())

    await asyncio.gather(
        *(log.record(shop, build.click_of(mine)) for _ in range(30)),
        *(log.record(other_shop, build.click_of(theirs)) for _ in range(20)),
    )

    assert await _stored() == 30
    with tenants.bind(other_shop):
        assert await _stored() == 20


async def _fail(*_: Any) -> None:
    raise asyncpg.ConnectionDoesNotExistError("the server closed the connection")


async def test_a_click_waits_in_the_stream_while_the_database_is_away(
    shop: Tenant, log: links.ClickLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await build.link(await build.promoter())
    with monkeypatch.context() as broken:
        broken.setattr(click_log, "_write", _fail)
        await asyncio.gather(*(log.record(shop, build.click_of(link)) for _ in range(25)))
    assert await _stored() == 0

    settled = await drain_once("tests", wait_ms=10)

    assert settled >= 1
    assert await _stored() == 25
    assert await redis.client().xlen(click_stream.STREAM) == 0


async def test_a_killed_transaction_loses_no_acknowledged_click(shop: Tenant, log: links.ClickLog) -> None:
    link = await build.link(await build.promoter())
    clicks = [build.click_of(link) for _ in range(300)]
    acknowledged: list[links.Click] = []

    async def follow(click: links.Click) -> None:
        await log.record(shop, click)
        acknowledged.append(click)

    async def kill_sometimes(database_url: str) -> None:
        owner = await asyncpg.connect(database_url)
        for _ in range(6):
            await owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'tuanzhou_app_%'"
                " AND datname = current_database()"
            )
            await asyncio.sleep(0.01)
        await owner.close()

    async def forget_dead_connections() -> None:
        await scope.ENGINE.pools["c1"].expire_connections()

    async def visitors() -> None:
        for start in range(0, 300, 30):
            await asyncio.gather(*(follow(click) for click in clicks[start : start + 30]))
            await asyncio.sleep(0.005)

    from infra.settings import settings

    await asyncio.gather(visitors(), kill_sometimes(settings().database_url))
    await forget_dead_connections()
    while await redis.client().xlen(click_stream.STREAM):
        await drain_once("tests", wait_ms=10)

    assert len(acknowledged) == 300
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id FROM click")
    assert {row["id"] for row in rows} == {click.id for click in acknowledged}


async def test_a_slow_database_does_not_keep_the_visitor_waiting(
    shop: Tenant, log: links.ClickLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await build.link(await build.promoter())

    async def crawl(_batch: Any) -> None:
        await asyncio.sleep(30)

    with monkeypatch.context() as slow:
        slow.setattr(click_log, "_write", crawl)
        slow.setattr(click_log, "PATIENCE_SECONDS", 0.05)
        await asyncio.wait_for(log.record(shop, build.click_of(link)), 15)

    assert await redis.client().xlen(click_stream.STREAM) == 1


async def test_with_both_away_the_visitor_is_told(
    shop: Tenant, log: links.ClickLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await build.link(await build.promoter())

    async def refuse(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(click_log, "_write", _fail)
    monkeypatch.setattr(click_stream, "append", refuse)

    with pytest.raises(links.ClickNotRecorded):
        await log.record(shop, build.click_of(link))


async def test_replaying_the_stream_is_harmless(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    batch = [build.click_of(link) for _ in range(5)]

    for _ in range(3):
        await click_stream.append(shop.id, batch)
        await drain_once("tests", wait_ms=10)

    assert await _stored() == 5


async def test_an_entry_nobody_can_store_is_kept_aside(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await click_stream.append(new_id(), [build.click_of(link)])

    await drain_once("tests", wait_ms=10)

    assert await redis.client().xlen(click_stream.DEAD) == 1
    assert await redis.client().xlen(click_stream.STREAM) == 0
