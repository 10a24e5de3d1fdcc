"""Who still needs the shared services: one locked file per holder.

The kernel lets go of a lock when its process ends, however it ends, so a killed holder does not count any more.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time. Python closes the file in programs it starts, so they do not inherit the lock."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Lease:
    """Held from `take` to `give_back`; both are called under the services' lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._file = self.path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def give_back(self) -> None:
        self.path.unlink(missing_ok=True)
        self._file.close()


def anyone_holds(folder: Path) -> bool:
    """Whether a living process holds a lease; leases of dead ones are cleared away."""
    held = False
    for path in folder.glob("*"):
        with suppress(FileNotFoundError), path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held = True
            else:
                path.unlink(missing_ok=True)
    return held
