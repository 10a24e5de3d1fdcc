"""When to look at which store again: the earliest moment of each, kept in memory and rebuilt by the rounds."""

from __future__ import annotations

import asyncio
import heapq
from uuid import UUID


class Schedule:
    """Moments are of the event loop's clock; a store has at most one."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, UUID]] = []
        self._moments: dict[UUID, float] = {}
        self._changed = asyncio.Event()

    def note(self, store: UUID, moment: float) -> None:
        """Look at the store at this moment, unless an earlier one is noted already."""
        if moment < self._moments.get(store, float("inf")):
            self._moments[store] = moment
            heapq.heappush(self._heap, (moment, store))
            self._changed.set()

    async def due(self) -> list[UUID]:
        """Wait until at least one moment has come; the stores whose moment it is, which forgets them."""
        loop = asyncio.get_running_loop()
        while True:
            found = self._pop(loop.time())
            if found:
                return found
            self._changed.clear()
            delay = self._heap[0][0] - loop.time() if self._heap else None
            try:
                await asyncio.wait_for(self._changed.wait(), delay)
            except TimeoutError:
                continue

    def _pop(self, now: float) -> list[UUID]:
        found = []
        while self._heap and self._heap[0][0] <= now:
            moment, store = heapq.heappop(self._heap)
            if self._moments.get(store) == moment:  # else an earlier moment replaced this one
                del self._moments[store]
                found.append(store)
        return found
