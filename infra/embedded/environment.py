"""Addresses of the services in the environment of this process and its children."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from infra.embedded.services import running
from infra.settings import settings


@contextmanager
def provided() -> Iterator[None]:
    """Start what no address is set for, and set it. With `DATABASE_URL` and `REDIS_URL` set, nothing is started."""
    wanted = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    need = [service for service, variable in wanted.items() if not os.environ.get(variable)]
    if not need:
        yield
        return
    with unwinding_when_told_to_end(), running(settings().var, need=need) as services:
        found = {
            "DATABASE_URL": services.database_url,
            "PLATFORM_DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
        }
        added = {name: url for name, url in found.items() if url and not os.environ.get(name)}
        os.environ.update(added)
        settings.cache_clear()
        try:
            yield
        finally:
            for name in added:
                os.environ.pop(name, None)
            settings.cache_clear()


@contextmanager
def unwinding_when_told_to_end() -> Iterator[None]:
    """Let SIGTERM and SIGHUP leave through the `finally` blocks, so that no service is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
