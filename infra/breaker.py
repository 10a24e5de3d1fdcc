"""A breaker per outside party: after a few failures in a row nobody waits for it until it answers again."""

from __future__ import annotations

import time
from functools import lru_cache

FAILURES = 5
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0


class Breaker:
    """Closed while calls succeed; open after FAILURES failures in a row; then one probe at a time decides."""

    def __init__(self) -> None:
        self._failures = 0
        self._pause_s = FIRST_PAUSE_S
        self._shut_until = 0.0

    def lets_through(self) -> bool:
        if self._failures < FAILURES:
            return True
        if time.monotonic() < self._shut_until:
            return False
        # The next callers wait for this probe's answer, at most one more pause.
        self._shut_until = time.monotonic() + self._pause_s
        return True

    def succeeded(self) -> None:
        self._failures = 0
        self._pause_s = FIRST_PAUSE_S

    def failed(self) -> None:
        self._failures += 1
        if self._failures > FAILURES:
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        if self._failures >= FAILURES:
            self._shut_until = time.monotonic() + self._pause_s


@lru_cache(maxsize=10_000)
def breaker_for(party: str) -> Breaker:
    """The breaker of one account at one party, so that a broken warehouse of one store leaves all others alone."""
    return Breaker()
