"""What a job's handler is given, and the two ways it may ask for something other than done."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobContext:
    """One attempt at one job. `attempt` counts from 1; after `max_attempts` a failing job is dead.

    `spared` of the attempts before were put off without being tried, and do not count.
    """

    job_id: UUID
    kind: str
    attempt: int
    max_attempts: int
    spared: int = 0

    @property
    def tries(self) -> int:
        return self.attempt - self.spared

    @property
    def last(self) -> bool:
        return self.tries >= self.max_attempts


Handler = Callable[..., Awaitable[None]]


class Retry(Exception):
    """Not now: try again after `delay` (default: the usual back-off). Counts as an attempt."""

    def __init__(self, reason: str = "", *, delay: timedelta | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class Postpone(Exception):
    """It could not be begun yet: come again after `delay`. Does not count as an attempt."""

    def __init__(self, reason: str, *, delay: timedelta) -> None:
        super().__init__(reason)
        self.delay = delay


class GiveUp(Exception):
    """Trying again cannot help; the job is dead at once and waits for a person."""


_STEPS = (1, 4, 15, 60, 300, 900)


def backoff(attempt: int) -> timedelta:
    """1 s, 4 s, 15 s, 1 min, 5 min, 15 min ..., up to a fifth more, so that failures do not return in step."""
    step = _STEPS[min(attempt, len(_STEPS)) - 1]
    return timedelta(seconds=step * random.uniform(1.0, 1.2))  # noqa: S311 - spreads load, guards nothing


Handlers = dict[str, Handler]
Payload = dict[str, Any]
