"""The first seconds of a process: everybody is there at once, and nothing is remembered yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tenants import Tenant, directory, lifecycle, platform, scope
from tests import builders_selling as selling
from tests.functional.conftest import store_address

BUYERS = 200


@pytest.fixture
async def cold(pools: None) -> AsyncIterator[None]:
    """Pools as a server opens them, and an empty memory."""
    await scope.close_pools()
    await platform.close_pool()
    await platform.open_pool()
    await scope.open_pools()
    directory.forget()
    yield
    await scope.close_pools()
    await platform.close_pool()
    await platform.open_pool(size=6)
    await scope.open_pools(size=10)


async def test_two_hundred_buyers_at_a_cold_start_are_served_and_ask_for_the_store_once(
    shop: Tenant, cold: None, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaches = await selling.offer()
    directory.forget()
    asked, look_up = Counter[str](), directory._look_up

    async def counted(host: str) -> Tenant | None:
        asked[host] += 1
        return await look_up(host)

    monkeypatch.setattr(directory, "_look_up", counted)

    async def look(number: int) -> int:
        transport = httpx.ASGITransport(app=app, client=(f"10.0.0.{number}", 50000))
        async with httpx.AsyncClient(transport=transport, headers={"Accept": "text/html"}) as buyer:
            return (await buyer.get(store_address(shop, f"/products/{peaches.handle}"))).status_code

    answers = Counter(await asyncio.gather(*(look(number) for number in range(BUYERS))))

    assert answers == {200: BUYERS}
    assert list(asked.values()) == [1]


async def test_an_answer_from_before_a_change_is_not_remembered(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    host, look_up = httpx.URL(store_address(shop)).host, directory._look_up
    directory.forget()

    async def overtaken(name: str) -> Tenant | None:
        found = await look_up(name)
        await lifecycle.change_status(shop.id, "suspended", reason="test", actor_id=shop.id, actor_name="Staff")
        directory.forget(shop.id)
        return found

    monkeypatch.setattr(directory, "_look_up", overtaken)
    before = await directory.find_by_host(host)
    monkeypatch.setattr(directory, "_look_up", look_up)
    after = await directory.find_by_host(host)

    assert before is not None
    assert after is not None
    assert before.status != "suspended"
    assert after.status == "suspended"
