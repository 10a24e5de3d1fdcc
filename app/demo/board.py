"""The host's board while it lies open on the table: nudged by server-sent events, then read anew."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import httpx

from app.demo.visitor import NotSeen, Page, Visitor

PROMISED_SECONDS = 2.0
PATIENCE_SECONDS = 15.0


class BoardWatch:
    """Keeps the stream open and, as the page's script does, asks for the figures after each nudge."""

    def __init__(self, host: Visitor, origin: str) -> None:
        self._host, self._origin = host, origin
        self._seen: list[tuple[float, Page]] = []
        self._ready = asyncio.Event()
        self._new = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises NotSeen when the stream does not open."""
        self._task = asyncio.create_task(self._listen())
        try:
            await asyncio.wait_for(self._ready.wait(), PATIENCE_SECONDS)
        except TimeoutError as error:
            raise NotSeen(f"{self._origin}/board/stream sent nothing for {PATIENCE_SECONDS:.0f} s") from error

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
                await self._task

    async def shows(self, began: float, look: Callable[[Page], bool], what: str) -> float:
        """Seconds from `began` until figures asked for after a nudge show it. Raises NotSeen when not as promised."""
        deadline = began + PATIENCE_SECONDS
        while True:
            for moment, page in self._seen:
                if look(page):
                    return self._in_time(moment - began, what)
            left = deadline - time.monotonic()
            if left <= 0:
                last = self._seen[-1][1].excerpt if self._seen else "nothing arrived"
                raise NotSeen(f"the open board did not show {what} within {PATIENCE_SECONDS:.0f} s: {last}")
            self._new.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), left)

    @staticmethod
    def _in_time(seconds: float, what: str) -> float:
        if seconds > PROMISED_SECONDS:
            raise NotSeen(f"the open board showed {what} after {seconds:.1f} s; promised are {PROMISED_SECONDS:.0f} s")
        return seconds

    async def _listen(self) -> None:
        headers = {"Accept": "text/event-stream"}
        timeout = httpx.Timeout(10, read=30)
        client = self._host.client
        async with client.stream("GET", f"{self._origin}/board/stream", headers=headers, timeout=timeout) as answer:
            if answer.status_code != 200:
                return
            async for line in answer.aiter_lines():
                event = line.removeprefix("event:").strip()
                if event == "ready":
                    self._ready.set()
                elif event == "changed":
                    page = await self._host.open(f"{self._origin}/board/figures")
                    self._seen.append((time.monotonic(), page))
                    self._new.set()
