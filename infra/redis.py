"""One Valkey client per process. Nothing whose loss costs money or trust lives here."""

from __future__ import annotations

from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from infra.settings import settings

Unavailable = (RedisError, OSError)

_client: redis.asyncio.Redis | None = None


def client() -> redis.asyncio.Redis:
    """The shared client: short timeouts, because a page must never wait for a doorbell."""
    global _client
    if _client is None:
        _client = make_client()
    return _client


def make_client(**more: Any) -> redis.asyncio.Redis:
    """A client of its own, for subscriptions and blocking reads."""
    options = {"socket_timeout": 2.0, "socket_connect_timeout": 1.0, "max_connections": 64, **more}
    made: redis.asyncio.Redis = redis.asyncio.Redis.from_url(settings().redis_url, **options)
    return made


async def close() -> None:
    global _client
    if _client is not None:
        await _client.aclose()
        _client = None
