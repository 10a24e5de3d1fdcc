"""Two full stores, ours and theirs, that every test of a module may ask about."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra import redis
from tests.builders import open_store
from tests.isolation import people
from tests.isolation.filling import filled
from tests.isolation.words import Filled
from tests.washing import give_back

Both = tuple[Filled, Filled]


@pytest.fixture(scope="module")
async def remembered_before(pools: None) -> frozenset[str]:
    """What other tests left in the shared memory before our stores were there."""
    return frozenset([key.decode() async for key in redis.client().scan_iter()])


@pytest.fixture(scope="module")
async def stores(remembered_before: frozenset[str]) -> AsyncIterator[Both]:
    """Ours and theirs: a row in every table, a merchant and a promoter each."""
    both = []
    for name in ("ours", "theirs"):
        store = await filled(await open_store(f"{name}-{secrets.token_hex(4)}"))
        store.merchant_login = await people.hire(store)
        await people.enlist(store)
        both.append(store)
    yield both[0], both[1]
    for store in both:
        await give_back(store.tenant)


@pytest.fixture(scope="module")
def app(database_url: str) -> Any:
    from app.main import create_app

    return create_app()
