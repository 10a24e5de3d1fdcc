"""Which supervisor works here and which processes it started: how the next run cleans up after a killed one."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded.failure import ServiceFailed
from infra.embedded.processes import birth, end, pid_in


class Register:
    """Two files in `run`: a lock that names the supervisor, and the list of its children."""

    def __init__(self, run: Path) -> None:
        self._lock = run / "supervisor.lock"
        self._list = run / "children.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ServiceFailed(
                    f"Tuanzhou is already running here (process {pid_in(self._lock)}). Stop it first, or set\n"
                    "TUANZHOU_VAR and TUANZHOU_PORT to run a second copy beside it."
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            self._end_left_over()
            try:
                yield
            finally:
                self._list.unlink(missing_ok=True)
                file.truncate(0)

    def clear(self) -> None:
        """End what a killed supervisor left behind; says so when one is at work."""
        with self.held():
            pass

    def supervisor(self) -> int | None:
        """The process id of the supervisor at work, if there is one."""
        if not self._lock.exists():
            return None
        with self._lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return pid_in(self._lock)
        return None

    def record(self, pids: Iterable[int]) -> None:
        draft = self._list.with_suffix(".new")
        draft.write_text(json.dumps({pid: birth(pid) for pid in pids}))
        os.replace(draft, self._list)

    def _end_left_over(self) -> None:
        """Only processes that were born when the list says: an id may belong to a stranger by now."""
        try:
            known = json.loads(self._list.read_text())
        except (OSError, ValueError):
            return
        left = [int(pid) for pid, born in known.items() if born and birth(int(pid)) == born]
        end(left, (signal.SIGTERM, 5), (signal.SIGKILL, 5))
