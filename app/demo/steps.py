"""Playing steps one after another: a tick, the time it took, what was done and where it can be seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx

from app.demo.visitor import NotSeen

Seen = TypeVar("Seen")
LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class Step:
    """`play` returns where the result can be seen, or raises NotSeen."""

    title: str
    play: Callable[[], Awaitable[str]]


async def play_all(steps: Sequence[Step], say: Callable[[str], None]) -> bool:
    """Stops at the first step that was not seen; later ones stand on it."""
    began = time.monotonic()
    for step in steps:
        start = time.monotonic()
        try:
            place = await step.play()
        except (NotSeen, httpx.HTTPError, TimeoutError) as problem:
            say(f"✗ {time.monotonic() - start:6.2f} s  {step.title}\n             {type(problem).__name__}: {problem}")
            return False
        say(f"✓ {time.monotonic() - start:6.2f} s  {step.title:58} {place}".rstrip())
    say(f"\nAll {len(steps)} steps were seen in {time.monotonic() - began:.1f} s.")
    return True


async def until(look: Callable[[], Awaitable[Seen]], *, seconds: float, what: str) -> Seen:
    """Look again until it is there. Raises NotSeen with what was seen last, when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await look()
        except NotSeen as problem:
            if time.monotonic() > deadline:
                raise NotSeen(f"{what} did not show within {seconds:.0f} s. {problem}") from problem
        await asyncio.sleep(LOOK_AGAIN)
