"""Where links lead, kept in memory: fresh for seconds, good enough for longer while the database is away."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

FRESH_SECONDS = 3.0
STALE_SECONDS = 900.0
PATIENCE_SECONDS = 1.0
LARGEST = 50_000

Key = tuple[UUID, str]


class Destination(msgspec.Struct, frozen=True):
    """What following a link needs. `barred` is why its clicks do not qualify, or empty."""

    link: UUID
    path: str
    barred: str


Load = Callable[[], Awaitable[Destination | None]]

_known: dict[Key, tuple[float, Destination | None]] = {}
_loading: dict[Key, asyncio.Task[Destination | None]] = {}


def forget(tenant_id: UUID, code: str) -> None:
    """Ask again next time; other processes follow within FRESH_SECONDS."""
    _known.pop((tenant_id, code), None)


async def recall(key: Key, load: Load) -> Destination | None:
    """The link's destination. Many visitors at once cause one read; a failed read falls back to what was known."""
    known = _known.get(key)
    if known and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    task = _loading.get(key)
    if task is None:
        task = _loading[key] = asyncio.get_running_loop().create_task(_read(key, load), context=contextvars.Context())
        task.add_done_callback(lambda done: _finish(key, done))
    try:
        return await asyncio.wait_for(asyncio.shield(task), PATIENCE_SECONDS)
    except Exception:
        if known and time.monotonic() - known[0] < STALE_SECONDS:
            return known[1]
        raise


async def _read(key: Key, load: Load) -> Destination | None:
    found = await load()
    if len(_known) >= LARGEST:  # strangers may try endless codes; the memory of them must not grow with it
        _known.clear()
    _known[key] = (time.monotonic(), found)
    return found


def _finish(key: Key, task: asyncio.Task[Destination | None]) -> None:
    _loading.pop(key, None)
    if not task.cancelled():
        task.exception()  # whoever waited has been told; nobody waiting is no defect
