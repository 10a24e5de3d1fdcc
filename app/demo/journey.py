"""The main journey, played over HTTP as people would: from sign-up to a commission on the host's board."""

from __future__ import annotations

import sys

from app.demo.steps import Step, play_all


async def play() -> bool:
    """True when every step was seen from outside: on pages, on the board, in the console."""
    steps: list[Step] = []
    return await play_all(steps, _say)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
