"""Who watches which campaign through this process, and the one look at it that serves them all. Not a journey.

A nudge ("the campaign changed") comes over Valkey to every process. Of each campaign that somebody watches, the process
reads the rows once, however many watch, at most every GATHER_SECONDS; draws the moving parts once per view; and hands
the same bytes to everybody. A lost nudge costs one REREAD_SECONDS. What is drawn is the same for everybody: a kind's
`progress.html` says nothing personal, that is what its `mine.html` is for. Pages and programs look differently, so
each of these forms has a look of its own.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import structlog

from app.kernel import page_cache
from app.kernel.events import overhear

log = structlog.get_logger()

CHANNELS = "campaign:*"
GATHER_SECONDS = 0.3
REREAD_SECONDS = 10.0
HEARTBEAT_SECONDS = 15.0
SUMMARY_SECONDS = 60.0
LONGEST_SECONDS = 600.0
MOST_PER_STORE = 5_000
MOST_PER_ADDRESS = 200  # a mobile carrier sends a whole quarter of a town from one address
SUMMARY = "summary"  # the part that screen readers read out, so it comes rarely

Form = Literal["page", "program"]
FORMS: tuple[Form, ...] = ("page", "program")

HELLO, BEAT, CHANGED = b"retry: 3000\n\n", b": beat\n\n", b"event: changed\ndata:\n\n"


@dataclass(frozen=True, slots=True)
class View:
    """The form in which somebody sees the campaign: the language, and the page's query where its kind needs it."""

    locale: str
    query: tuple[tuple[str, str], ...] = ()


Parts = Mapping[str, str]
# Reads the campaign and draws these views of it: a state that differs when something did, and the parts of each view
# by name. With a state that is known already it may answer no views.
Look = Callable[[set[View], object], Awaitable[tuple[object, Mapping[View, Parts]]]]


@dataclass(eq=False, slots=True)
class Watcher:
    """One open page. `seen` is what it was sent last, by part."""

    view: View
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(16))
    seen: Parts = field(default_factory=dict)

    def send(self, message: bytes, parts: Parts) -> None:
        """A page that reads too slowly misses one, and gets the next."""
        if not message:
            return
        with suppress(asyncio.QueueFull):
            self.queue.put_nowait(message)
            self.seen = parts


class Watch:
    """One campaign that is watched through this process."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.watchers: set[Watcher] = set()
        self.changed, self.nudged = asyncio.Event(), False
        self.state: object = None
        self.summed_at = time.monotonic()

    async def run(self) -> None:
        """Until nobody watches any more."""
        while self.watchers:
            asked = True
            try:
                await asyncio.wait_for(self.changed.wait(), REREAD_SECONDS)
            except TimeoutError:
                asked = False
            nudged, self.nudged = self.nudged, False
            self.changed.clear()
            try:
                await self._look(asked, nudged)
            except Exception as error:  # the next nudge or beat tries again; whoever watches keeps what they have
                log.warning("campaign.look_failed", error=type(error).__name__)
            await asyncio.sleep(GATHER_SECONDS)

    async def _look(self, asked: bool, nudged: bool) -> None:
        """`asked`: somebody came or told; else it is only drawn when its state differs."""
        views = {watcher.view for watcher in self.watchers}
        state, drawn = await self.look(views, None if asked else self.state)
        nudged = nudged or (self.state is not None and state != self.state)
        self.state = state
        summed = time.monotonic() - self.summed_at >= SUMMARY_SECONDS
        if summed:
            self.summed_at = time.monotonic()
        made: dict[tuple[View, int], tuple[bytes, Parts]] = {}  # those who saw the same get the same bytes
        for watcher in self.watchers:
            parts = drawn.get(watcher.view)
            if parts is None or (parts == watcher.seen and not nudged):
                continue
            key = watcher.view, id(watcher.seen)
            if key not in made:
                made[key] = _message(watcher.seen, parts, summed=summed, nudged=nudged)
            watcher.send(*made[key])


def _message(seen: Parts, parts: Parts, *, summed: bool, nudged: bool) -> tuple[bytes, Parts]:
    """Only the parts that differ, and what the page has seen then; "changed" for whoever asks for more."""
    if not summed:
        parts = {**parts, SUMMARY: seen.get(SUMMARY, "")}
    fresh = [_event(name, text) for name, text in parts.items() if seen.get(name, "") != text]
    return b"".join(fresh) + (CHANGED if nudged else b""), parts


def _event(name: str, text: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) or "data:\n"
    return f"event: {name}\n{lines}\n".encode()


_watches: dict[tuple[str, Form], Watch] = {}
_tasks: set[asyncio.Task[None]] = set()
_of_store: Counter[UUID] = Counter()
_of_address: Counter[str] = Counter()


def has_room(tenant_id: UUID, address: str) -> bool:
    """Whether one more page may watch; the page itself shows everything without it, too."""
    return _of_store[tenant_id] < MOST_PER_STORE and _of_address[address] < MOST_PER_ADDRESS


async def watch(
    channel: str, view: View, look: Look, *, tenant_id: UUID, address: str, form: Form = "page"
) -> AsyncIterator[bytes]:
    """Server-sent events of one page, beginning with how it stands now; ends by itself and is taken up again."""
    watcher = Watcher(view)
    _of_store[tenant_id] += 1
    _of_address[address] += 1
    try:
        _begin((channel, form), watcher, look)
        yield HELLO
        ends_at = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < ends_at:
            try:
                message = await asyncio.wait_for(watcher.queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                message = BEAT
            yield message
    finally:
        _leave((channel, form), watcher)
        _of_store[tenant_id] -= 1
        _of_address[address] -= 1
        if not _of_address[address]:  # or every address that ever came would be remembered
            del _of_address[address]


def _begin(key: tuple[str, Form], watcher: Watcher, look: Look) -> None:
    known = _watches.get(key)
    if known is None:
        known = _watches[key] = Watch(look)
    known.watchers.add(watcher)
    known.changed.set()
    if len(known.watchers) == 1:
        # In a context of its own: it outlives the request that began it.
        task = asyncio.get_running_loop().create_task(known.run(), context=contextvars.Context())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


def _leave(key: tuple[str, Form], watcher: Watcher) -> None:
    known = _watches.get(key)
    if known is None:
        return
    known.watchers.discard(watcher)
    if not known.watchers:
        del _watches[key]
        known.changed.set()  # so that it looks up and sees that nobody is there


def tell(channel: str) -> None:
    """The campaign changed: pages kept of it are drawn anew, whoever watches is shown."""
    page_cache.tell(channel)
    for form in FORMS:
        if (known := _watches.get((channel, form))) is not None:
            known.nudged = True
            known.changed.set()


async def listen() -> None:
    """Pass on what other processes tell, until cancelled."""
    async for channel in overhear(CHANNELS):
        tell(channel)
