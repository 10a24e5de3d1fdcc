"""Visitors who follow a link as fast as they are answered, and remember every click that was acknowledged."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from tests.load.wrk import BROWSER

_CLICK = re.compile(rb"set-cookie: click=([0-9a-f]{32})\.", re.IGNORECASE)


async def follow(
    port: int, host: str, path: str, *, visitors: int, until: asyncio.Event, seen: set[UUID] | None = None
) -> set[UUID]:
    """Ids of the clicks that were answered with 302; `seen` is told of each as it is answered."""
    acknowledged: set[UUID] = set() if seen is None else seen
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {BROWSER}\r\nAccept: text/html\r\n\r\n"
    ).encode()  # fmt: skip
    await asyncio.gather(*(_visitor(port, request, acknowledged, until) for _ in range(visitors)))
    return acknowledged


async def _visitor(port: int, request: bytes, acknowledged: set[UUID], until: asyncio.Event) -> None:
    while not until.is_set():
        try:
            await _keep_clicking(port, request, acknowledged, until)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            await asyncio.sleep(0.05)


async def _keep_clicking(port: int, request: bytes, acknowledged: set[UUID], until: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while not until.is_set():
            writer.write(request)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 15)
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            found = _CLICK.search(head)
            if head.startswith(b"HTTP/1.1 302") and found:
                acknowledged.add(UUID(found[1].decode()))
    finally:
        writer.close()
