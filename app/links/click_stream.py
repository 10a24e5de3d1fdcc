"""Where clicks wait while PostgreSQL is slow or away: a Valkey stream, drained by a worker, replayed without harm."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from redis.exceptions import ResponseError

from app.links.clicks import Click
from infra import redis

STREAM = "clicks"
DEAD = "clicks:dead"
GROUP = "drain"
LONGEST = 1_000_000
ABANDONED_MS = 30_000

_decoder = msgspec.json.Decoder(list[Click])
Waiting = tuple[bytes, dict[bytes, bytes]]


def consumer_name() -> str:
    return f"{socket.gethostname()}-{uuid4().hex[:8]}"


async def append(tenant_id: UUID, clicks: Sequence[Click]) -> None:
    """Durable as far as Valkey is; raises one of infra.redis.Unavailable when it is away too."""
    fields: Any = {"tenant": str(tenant_id), "clicks": msgspec.json.encode(clicks)}
    await redis.client().xadd(STREAM, fields, maxlen=LONGEST, approximate=True)


async def open_stream() -> None:
    try:
        await redis.client().xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


async def take_waiting(consumer: str, *, most: int = 50, wait_ms: int = 1_000) -> list[Waiting]:
    """Entries to store: those another worker left behind first, then new ones."""
    client = redis.client()
    claimed = await client.xautoclaim(STREAM, GROUP, consumer, ABANDONED_MS, count=most)
    if claimed[1]:
        return cast("list[Waiting]", [entry for entry in claimed[1] if entry[1]])
    found = await client.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=most, block=wait_ms)
    return cast("list[Waiting]", found[0][1]) if found else []


async def settle_waiting(entry: Waiting, *, dead: bool = False) -> None:
    """The entry is stored, or can never be: then it is kept aside for people."""
    client = redis.client()
    if dead:
        await client.xadd(DEAD, cast("Any", entry[1]), maxlen=10_000, approximate=True)
    await client.xack(STREAM, GROUP, entry[0])
    await client.xdel(STREAM, entry[0])


def read_waiting(entry: Waiting) -> tuple[UUID, list[Click]]:
    """The store and its clicks. Raises ValueError for an entry that is not ours."""
    try:
        return UUID(entry[1][b"tenant"].decode()), _decoder.decode(entry[1][b"clicks"])
    except (KeyError, msgspec.DecodeError) as error:
        raise ValueError("not a batch of clicks") from error
