"""Looking at and ending processes by id, without mistaking a reused id for the old process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path


def alive(pid: int) -> bool:
    """Running, and not merely waiting for its parent to notice that it ended."""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:  # an ended child of ours: clear it away
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _stat(pid)[:1] != ["Z"]


def birth(pid: int) -> str:
    """When the process began, in ticks since boot; with the id it names one process for good. Empty if unknown."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else ""


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def pid_in(path: Path) -> int | None:
    """The process id on the first line of a pid file."""
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def postmaster(data: Path) -> int | None:
    """The live server of this data folder, whoever started it."""
    pid = pid_in(data / "postmaster.pid")
    if pid is None or not alive(pid):
        return None
    line = command(pid)
    return pid if not line or str(data) in line else None


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pids: Iterable[int], *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn to what is still alive, waiting the given seconds after each."""
    everyone = list(pids)
    for number, seconds in signals:
        for pid in filter(alive, everyone):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not any(map(alive, everyone)), seconds):
            return


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the state onwards; the name before them may hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
