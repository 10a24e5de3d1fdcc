"""What every test may ask for: real servers, a worker's own database, and two fresh stores."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator

# Settings are read once per process, so the environment is fixed before anything of ours is imported.
from tests import services

os.environ["TUANZHOU_VAR"] = str(services.TEST_VAR / f"w{services.worker_number()}")
os.environ["TUANZHOU_PORT"] = str(services.first_port() + 10 * services.worker_number())
os.environ["TUANZHOU_SECRET"] = "secret-of-the-test-run-0123456789abcdef"
os.environ["TUANZHOU_DOMAIN"] = "localhost"

import pytest
from hypothesis import settings as hypothesis_settings

import tenants
from tenants import Tenant

# How long an example takes says how busy the machine is, not whether it is right.
hypothesis_settings.register_profile("shop", deadline=None)
hypothesis_settings.load_profile("shop")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not services.worker_number():
        services.stop()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database of this worker's own; also sets the environment, before settings are first read."""
    owner_dsn, redis_url = services.start()
    dsn = services.prepare_database(owner_dsn)
    os.environ["DATABASE_URL"] = os.environ["PLATFORM_DATABASE_URL"] = dsn
    os.environ["REDIS_URL"] = (
        f"{redis_url.rsplit('/', 1)[0]}/{services.worker_number()}"
        if "unix" not in redis_url
        else (f"{redis_url}{'&' if '?' in redis_url else '?'}db={services.worker_number()}")
    )
    from infra.settings import settings

    settings.cache_clear()
    yield dsn
    services.drop_database(owner_dsn, dsn)


@pytest.fixture(scope="session")
async def pools(database_url: str) -> AsyncIterator[None]:
    """Open pools for the whole session; every async test shares one event loop."""
    from infra import redis
    from tenants import platform, scope

    await redis.client().flushdb()
    await platform.open_pool(size=6)
    await scope.open_pools(size=10)
    yield
    await scope.close_pools()
    await platform.close_pool()
    await redis.close()


@pytest.fixture(autouse=True)
def _nobody_is_avoided() -> None:
    """The simulators of all tests answer at one address: what one test did to it must not keep the next from asking."""
    from infra.breaker import breaker_for

    breaker_for.cache_clear()


async def _open(name: str, **facts: str) -> Tenant:
    from tests.builders import open_store

    return await open_store(f"{name}-{secrets.token_hex(4)}", **facts)


async def _give_back(tenant: Tenant) -> None:
    from tests.washing import give_back

    await give_back(tenant)


@pytest.fixture
async def shop(pools: None) -> AsyncIterator[Tenant]:
    """A store of this test's own, bound: `tenants.transaction()` works at once."""
    tenant = await _open("shop")
    with tenants.bind(tenant):
        yield tenant
    await _give_back(tenant)


@pytest.fixture
async def other_shop(pools: None) -> AsyncIterator[Tenant]:
    """A second store, not bound; use `with tenants.bind(other_shop)` to look inside."""
    tenant = await _open("other")
    yield tenant
    await _give_back(tenant)
