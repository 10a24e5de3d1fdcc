"""One of our programs on a machine whose clock is wrong by `SKEW_S` seconds.

With libfaketime (Debian: libfaketime) every clock of the process is wrong; without it, the two that we and arq read.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

LIBRARY = Path(os.environ.get("FAKETIME_LIBRARY", "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"))


def way() -> str:
    return "libfaketime" if LIBRARY.exists() else "injected"


def environment(seconds: int) -> dict[str, str]:
    """What the program has to find, for either way."""
    if way() == "injected":
        return {"SKEW_S": str(seconds)}
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"{seconds:+d}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def _inject(skew: timedelta) -> None:
    from arq import connections, worker

    from infra import clock

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # always in UTC
            return datetime.now(UTC) + skew

    def milliseconds() -> int:
        return int((time.time() + skew.total_seconds()) * 1000)

    setattr(clock, "datetime", Wrong)  # noqa: B010 - the point of this program
    for module in (connections, worker):
        setattr(module, "timestamp_ms", milliseconds)  # noqa: B010 - the same


if __name__ == "__main__":
    if seconds := int(os.environ.get("SKEW_S", "0")):
        _inject(timedelta(seconds=seconds))
    import manage

    manage.cli(prog_name="tuanzhou", args=sys.argv[1:])
