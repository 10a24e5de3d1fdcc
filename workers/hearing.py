"""Hearing that the directory changed, so that a suspended or renamed store is known here within a moment."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from infra import redis
from tenants import directory


async def hear_of_changes() -> None:
    """Listen until Valkey goes away; whoever calls keeps calling. Entries also age out by themselves."""
    client = redis.make_client(socket_timeout=None)
    try:
        async with client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(directory.CHANNEL)
            directory.forget()  # whatever was announced while nobody listened
            async for message in channel.listen():
                with suppress(ValueError):  # anybody on this Valkey may say anything
                    directory.forget(UUID(message["data"].decode()))
    finally:
        await client.aclose()
