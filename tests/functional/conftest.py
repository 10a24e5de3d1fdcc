"""A visitor over HTTP: the whole application in this process, reached by real host names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from infra.settings import settings
from tenants import Tenant

_TOKEN = re.compile(r'name="_csrf" value="([0-9a-f]+)"')


class Visitor(httpx.AsyncClient):
    """A browser without JavaScript: keeps cookies per host, sends Origin with forms, carries the form token along."""

    async def submit(
        self, url: str, data: dict[str, Any] | None = None, *, page: str = "", **more: Any
    ) -> httpx.Response:
        """Send a form as a browser would. `page` is where the form stood; its token is taken from there."""
        address = httpx.URL(url)
        origin = f"{address.scheme}://{address.netloc.decode()}"
        fields = dict(data or {})
        if page:
            found = _TOKEN.search((await self.get(page)).text)
            if found:
                fields["_csrf"] = found[1]
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return await self.post(url, data=fields, headers=headers, **more)


@pytest.fixture(scope="session")
def app(database_url: str) -> Any:
    from app.main import create_app

    return create_app()


def store_address(tenant: Tenant, path: str = "/") -> str:
    return f"{settings().origin(tenant.slug)}{path}"


def own_address(label: str, path: str = "/") -> str:
    """An address on one of our own hosts: `admin`, `host`, `staff`, or the site itself with an empty label."""
    return f"{settings().origin(label)}{path}"


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in takes a millisecond; what it takes in a shop is looked at elsewhere."""
    from infra import passwords
    from tests.builders import QUICK

    nobody = QUICK.hash("nobody has this password")
    monkeypatch.setattr(passwords, "STRONG", QUICK)
    monkeypatch.setattr(passwords, "USUAL", QUICK)
    monkeypatch.setattr(passwords, "_nobody", lambda _strong: nobody)


@pytest.fixture
async def visitor(app: Any, pools: None, quick_passwords: None) -> AsyncIterator[Visitor]:
    from infra import redis

    await redis.client().flushdb()  # rate limits of the test before
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))
    headers = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "User-Agent": "Mozilla/5.0 Chrome/156 test"}
    async with Visitor(transport=transport, headers=headers) as client:
        yield client


@pytest.fixture
async def another_visitor(app: Any, pools: None) -> AsyncIterator[Visitor]:
    transport = httpx.ASGITransport(app=app, client=("127.0.0.2", 50001))
    async with Visitor(
        transport=transport, headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0 Safari test"}
    ) as client:
        yield client
