"""Who watches which session's board through this process, and the one look at it that serves them all. Not a journey.

A nudge of the store ("something was ordered") comes over Valkey. Of each session that somebody watches, the process
reads the rows once, however many watch, at most every GATHER_SECONDS; draws them once for each way to see them; and
hands the same bytes to everybody. A lost nudge costs one REREAD_SECONDS. Whoever comes back after a broken connection
gets the whole board as it stands, unless it is the one they have: its mark is the event's id. When the session is over
the last board is followed by `over`, and the stream ends for good.

Boards are kept by the store's id and the session's, and a look steps into that store only.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog

import tenants
from app import live
from app.flows.session_board import Board, board_of
from app.kernel import formats
from app.kernel.events import overhear
from app.live import LiveSession
from tenants import Tenant

log = structlog.get_logger()

GATHER_SECONDS = 0.4
REREAD_SECONDS = 10.0
HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 600.0
FRESH_SECONDS = 0.4
MOST_PER_STORE = 1_000
HELLO, BEAT, OVER = b"retry: 2000\n\n", b": beat\n\n", b"event: over\ndata: over\n\n"

Parts = Mapping[str, str]  # the parts of the page that move, each under the name of its event
Draw = Callable[[Board], Parts]
Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class View:
    """A way to see the board: those with the same `name` are drawn once."""

    name: Hashable
    draw: Draw = field(compare=False)


@dataclass(eq=False, slots=True)
class Watcher:
    """One open page. `seen` is the mark of what it was sent last."""

    view: View
    seen: str
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(8))

    def send(self, message: bytes, mark: str) -> None:
        """A page that reads too slowly misses one, and gets the next."""
        if mark != self.seen:
            with suppress(asyncio.QueueFull):
                self.queue.put_nowait(message)
                self.seen = mark

    def end(self) -> None:
        while self.queue.qsize() > 1:  # room for the last word; the last board stays before it
            self.queue.get_nowait()
        self.queue.put_nowait(OVER)


class Watched:
    """One session that is watched through this process."""

    def __init__(self, tenant: Tenant, session: UUID) -> None:
        self.tenant, self.session = tenant, session
        self.watchers: set[Watcher] = set()
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Until nobody watches any more, or there is nothing more to see."""
        ears = [asyncio.create_task(self._listen(f"{kind}:{self.tenant.id}:*")) for kind in ("board", "show")]
        try:
            while self.watchers:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), REREAD_SECONDS)
                self.changed.clear()
                began = time.monotonic()
                try:
                    await self._look()
                except Exception as error:  # the next nudge or beat tries again; whoever watches keeps what they have
                    log.warning("board.look_failed", error=type(error).__name__)
                # A look that takes long makes the next wait, so that boards never take a process for themselves.
                await asyncio.sleep(max(GATHER_SECONDS, time.monotonic() - began))
        finally:
            for ear in ears:
                ear.cancel()

    async def _listen(self, pattern: str) -> None:
        async for _channel in overhear(pattern):
            self.changed.set()

    async def _look(self) -> None:
        with tenants.bind(self.tenant):
            board = await read(self.session, anew=True)
            formats.current_zone.set(self.tenant.time_zone)
            made: dict[View, tuple[bytes, str]] = {}
            for watcher in list(self.watchers):
                if watcher.view not in made:
                    made[watcher.view] = _message(watcher.view.draw(board))
                watcher.send(*made[watcher.view])
        if board.session.is_over:
            for watcher in list(self.watchers):
                watcher.end()


_watched: dict[Key, Watched] = {}
_of_store: Counter[UUID] = Counter()
_tasks: set[asyncio.Task[None]] = set()
_kept: dict[Key, tuple[float, Board]] = {}
_reading: dict[Key, asyncio.Lock] = {}


async def read(session_id: UUID, *, anew: bool = False) -> Board:
    """The bound store's session as it stands; everybody who asks at the same moment shares one reading.

    Whoever was told that something changed reads `anew`. Raises NotFound.
    """
    key = tenants.current().id, session_id
    lock = _reading.setdefault(key, asyncio.Lock())
    try:
        async with lock:
            kept = _kept.get(key)
            if anew or kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
                began = time.monotonic()
                async with tenants.transaction():
                    board = await board_of(await live.find(session_id))
                kept = _kept[key] = (began, board)
            return kept[1]
    finally:
        if not lock.locked() and key not in _watched:
            _reading.pop(key, None)
            _forget_old()


async def read_for(session: LiveSession) -> Board:
    """The board of a session that was just looked up, at least as new as that: whoever ended it sees it ended."""
    board = await read(session.id)
    return board if board.session == session else await read(session.id, anew=True)


def _forget_old() -> None:
    """What nobody asked for lately; few are kept, so they are looked through."""
    moment = time.monotonic()
    for key, (at, _board) in list(_kept.items()):
        if moment - at > FRESH_SECONDS:
            del _kept[key]


def has_room(tenant_id: UUID) -> bool:
    """Whether one more page may watch; the page itself shows everything without it, too."""
    return _of_store[tenant_id] < MOST_PER_STORE


async def watch(tenant: Tenant, session: UUID, view: View, *, seen: str = "") -> AsyncIterator[bytes]:
    """Server-sent events of one page. `seen` is the mark it had when its connection broke."""
    watcher, key = Watcher(view, seen), (tenant.id, session)
    _of_store[tenant.id] += 1
    try:
        _begin(key, tenant, watcher)
        yield HELLO
        ends_at = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < ends_at:
            try:
                message = await asyncio.wait_for(watcher.queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                message = BEAT
            yield message
            if message is OVER:
                return
    finally:
        _leave(key, watcher)
        _of_store[tenant.id] -= 1


def _begin(key: Key, tenant: Tenant, watcher: Watcher) -> None:
    known = _watched.get(key)
    if known is None:
        known = _watched[key] = Watched(tenant, key[1])
    known.watchers.add(watcher)
    known.changed.set()
    if len(known.watchers) == 1:
        # In a context of its own: it outlives the request that began it.
        task = asyncio.get_running_loop().create_task(known.run(), context=contextvars.Context())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


def _leave(key: Key, watcher: Watcher) -> None:
    known = _watched.get(key)
    if known is None:
        return
    known.watchers.discard(watcher)
    if not known.watchers:
        del _watched[key]
        known.changed.set()  # so that it looks up and sees that nobody is there


def _message(parts: Parts) -> tuple[bytes, str]:
    """All parts together; the mark stands in each, so that whatever a browser got last says what it has."""
    mark = hashlib.sha256("\0".join(parts.values()).encode()).hexdigest()[:16]
    return "".join(_event(mark, name, text) for name, text in parts.items()).encode(), mark


def _event(mark: str, name: str, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip()) or "data:\n"
    return f"id: {mark}\nevent: {name}\n{lines}\n"
