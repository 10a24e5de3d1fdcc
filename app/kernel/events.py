"""Live events over Valkey: a nudge to look again, never the data itself.

Channel names carry the store's id. A lost event costs a reader one heartbeat, because boards also re-read on their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from infra import redis


async def publish(channel: str, kind: str) -> None:
    """Tell whoever watches; failing is allowed."""
    try:
        await redis.client().publish(channel, kind)
    except redis.Unavailable:
        return


async def subscribe(channel: str, *, heartbeat: float = 10.0) -> AsyncIterator[str]:
    """Kinds as they arrive, and "beat" at least every `heartbeat` seconds, also while Valkey is away."""
    while True:
        client = redis.make_client(socket_timeout=None)
        try:
            async with client.pubsub() as pubsub:
                await pubsub.subscribe(channel)
                while True:
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=heartbeat)
                    yield message["data"].decode() if message else "beat"
        except redis.Unavailable:
            await asyncio.sleep(1)
            yield "beat"
        finally:
            await client.aclose()


async def overhear(pattern: str) -> AsyncIterator[str]:
    """Names of all channels of this form (`campaign:*`) as something happens on them: one connection for all."""
    while True:
        client = redis.make_client(socket_timeout=None)
        try:
            async with client.pubsub() as pubsub:
                await pubsub.psubscribe(pattern)
                while True:
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=10.0)
                    if message:
                        yield message["channel"].decode()
        except redis.Unavailable:
            await asyncio.sleep(1)
        finally:
            await client.aclose()
