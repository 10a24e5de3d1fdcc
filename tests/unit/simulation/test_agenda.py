"""What a stand-in promised to do later is done, however much there is at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.simulation.agenda import WIDTH, Agenda
from infra.simulation.store import open_store


async def test_more_than_fits_at_once_is_all_done(tmp_path: Path) -> None:
    """All running deeds may end in the same moment; their places must be seen as free."""
    gate, done = asyncio.Event(), asyncio.Event()
    ended: list[int] = []

    async def act(kind: str, payload: dict[str, Any]) -> bool:
        await gate.wait()
        ended.append(payload["number"])
        if len(ended) == WIDTH + 1:
            done.set()
        return True

    agenda = Agenda(open_store(tmp_path / "agenda.sqlite3", ""), act)
    for number in range(WIDTH + 1):
        agenda.add("deed", {"number": number})
    running = asyncio.create_task(agenda.run())
    await asyncio.sleep(0)

    gate.set()
    async with asyncio.timeout(5):
        await done.wait()

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert sorted(ended) == list(range(WIDTH + 1))
