"""How often something waits for the database: messages sent to PostgreSQL while a block runs, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

DOORS = ("execute", "_execute", "_executemany")  # `execute` with values goes on to `_execute`


class Trips:
    count = 0


@contextmanager
def counted() -> Iterator[Trips]:
    """Preparing a statement for the first time is not counted: it happens once for each connection."""
    trips, kept = Trips(), {name: getattr(asyncpg.Connection, name) for name in DOORS}

    def counting(name: str) -> Any:
        async def door(self: Any, query: str, *args: Any, **more: Any) -> Any:
            trips.count += name != "execute" or not args
            return await kept[name](self, query, *args, **more)

        return door

    for name in DOORS:
        setattr(asyncpg.Connection, name, counting(name))
    try:
        yield trips
    finally:
        for name, before in kept.items():
            setattr(asyncpg.Connection, name, before)
