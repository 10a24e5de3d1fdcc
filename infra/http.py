"""The only way out: one HTTP client with short timeouts, a byte cap, no redirects, and no way to private addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from infra.addresses import AddressRefused, NameUnknown
from infra.breaker import breaker_for
from infra.guard import GuardedTransport, trusted_authorities
from infra.settings import settings

CONNECT_S = 3.0
TOTAL_S = 10.0
MAX_BYTES = 1_000_000

__all__ = [
    "AddressRefused",
    "Answer",
    "GuardedTransport",
    "NotSent",
    "Outside",
    "OutsideUnavailable",
    "Undaunted",
    "fetch",
    "guarded_client",
    "local_simulators",
    "trusted_client",
]


class OutsideUnavailable(Exception):
    """No usable answer: refused, too slow, too long or broken off. Asking again later may help."""


class NotSent(OutsideUnavailable):
    """Nobody was reached: the request cannot have arrived."""


class Answer(msgspec.Struct, frozen=True):
    """What the other side said, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outside:
    """A client whose failures have two names only: AddressRefused and OutsideUnavailable."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            transport=transport,
            verify=trusted_authorities(),
            timeout=httpx.Timeout(TOTAL_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "Tuanzhou/1"},
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        total_s: float = TOTAL_S,
        max_bytes: int = MAX_BYTES,
        party: str = "",
    ) -> Answer:
        """One exchange. `party` names the account behind the breaker; without it no failure is remembered."""
        breaker = breaker_for(party) if party else None
        if breaker and not breaker.lets_through():
            raise NotSent(f"{party} failed several times; not asked again yet")
        try:
            answer = await self._exchange(method, url, content, headers, total_s, max_bytes)
        except OutsideUnavailable:
            if breaker:
                breaker.failed()
            raise
        if breaker:
            breaker.failed() if answer.status >= 500 else breaker.succeeded()
        return answer

    async def _exchange(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str] | None, total_s: float, max_bytes: int
    ) -> Answer:
        try:
            async with (
                asyncio.timeout(total_s),
                self._client.stream(method, url, content=content or None, headers=headers) as response,
            ):
                return Answer(response.status_code, dict(response.headers), await _read(response, max_bytes))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise AddressRefused(str(error)) from error
        except NameUnknown as error:
            raise NotSent(f"unknown name {error}") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise OutsideUnavailable(f"{type(error).__name__}: {error}") from error

    async def aclose(self) -> None:
        await self._client.aclose()


class Undaunted(Outside):
    """The same client for callers who keep account of failures themselves, where every worker sees it."""

    def __init__(self, client: Outside) -> None:
        self._client = client._client

    async def request(self, method: str, url: str, *, party: str = "", **more: Any) -> Answer:
        return await super().request(method, url, **more)


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """Count unpacked bytes while they arrive, so that neither a long answer nor a packed bomb fills the memory."""
    body = bytearray()
    async for chunk in response.aiter_bytes(65_536):
        body += chunk
        if len(body) > max_bytes:
            raise OutsideUnavailable(f"the answer is longer than {max_bytes} bytes")
    return bytes(body)


def local_simulators() -> frozenset[str]:
    """Exact authorities of our own stand-ins, which live on this machine in development."""
    ports = (settings().sandbox_port, settings().simulator_port)
    return frozenset(f"{host}:{port}" for host in ("127.0.0.1", "localhost") for port in ports)


@asynccontextmanager
async def guarded_client(allowed: frozenset[str] = frozenset()) -> AsyncIterator[Outside]:
    """For addresses typed by people (images, warehouses, webhooks). `allowed` holds exact host:port exceptions."""
    client = Outside(GuardedTransport(allowed))
    try:
        yield client
    finally:
        await client.aclose()


@asynccontextmanager
async def trusted_client() -> AsyncIterator[Outside]:
    """For vendor endpoints named in our own configuration; keeps connections."""
    client = Outside()
    try:
        yield client
    finally:
        await client.aclose()


async def fetch(url: str, *, max_bytes: int = 10_000_000, allowed: frozenset[str] = frozenset()) -> Answer:
    """Get what a user's address shows, for example a product image; a redirect is an answer, not an order."""
    async with guarded_client(allowed) as client:
        return await client.request("GET", url, max_bytes=max_bytes)
