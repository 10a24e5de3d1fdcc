"""Calling shops on this machine: kept connections, the answer's status, and nothing else that would cost time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

Kept = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PATIENCE_S = 5.0
LARGEST_HEAD = 64 * 1024


class Caller:
    """Posts and answers with the status. Raises OSError, EOFError or TimeoutError when there is no answer.

    A stand-in calls our own web server hundreds of times a second, and a whole HTTP client would take longer for that
    than the stand-in itself. Whatever is not plain HTTP goes through the whole client all the same.
    """

    def __init__(self) -> None:
        self._idle: defaultdict[tuple[str, int], list[Kept]] = defaultdict(list)
        self._whole = httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False)

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            return await self._whole_post(url, content, headers)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        head = f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(content)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = head.encode("latin-1") + b"\r\n" + content
        async with asyncio.timeout(PATIENCE_S):
            return await self._exchange((parts.hostname, parts.port or 80), request)

    async def _exchange(self, place: tuple[str, int], request: bytes) -> int:
        """A kept connection may have been closed over there; then what was said is said once more on a new one."""
        while idle := self._idle[place]:
            try:
                return await self._say(place, idle.pop(), request)
            except (OSError, EOFError):
                continue
        return await self._say(place, await asyncio.open_connection(*place, limit=LARGEST_HEAD), request)

    async def _say(self, place: tuple[str, int], line: Kept, request: bytes) -> int:
        reader, writer = line
        kept = False
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            fields = dict(field.split(": ", 1) for field in head.split("\r\n")[1:] if ": " in field)
            if "content-length" in fields:
                await reader.readexactly(int(fields["content-length"]))
                kept = fields.get("connection") != "close"
            return int(head.split(" ", 2)[1])
        except (ValueError, LookupError, asyncio.LimitOverrunError) as error:
            raise OSError("no HTTP answer") from error
        finally:
            if kept:
                self._idle[place].append(line)
            else:
                writer.close()

    async def _whole_post(self, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        try:
            return (await self._whole.post(url, content=content, headers=dict(headers))).status_code
        except httpx.HTTPError as error:
            raise OSError(type(error).__name__) from error

    async def aclose(self) -> None:
        for lines in self._idle.values():
            for _, writer in lines:
                writer.close()
        self._idle.clear()
        await self._whole.aclose()
