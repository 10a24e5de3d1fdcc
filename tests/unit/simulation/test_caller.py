"""The stand-ins' way to call a shop: quick, and never fooled about whether it was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from infra.simulation.caller import Caller

KEPT = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe end"


class Shop:
    """Answers the requests of each connection with these, and hangs up after the last."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers
        self.heard: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for answer in self.answers:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except EOFError:
                break
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.heard.append(head.split(b"\r\n")[0] + b" " + await reader.readexactly(length))
            writer.write(answer)
        writer.close()


@asynccontextmanager
async def shop(*answers: bytes) -> AsyncIterator[tuple[Shop, Caller]]:
    open_shop, caller = Shop(*answers), Caller()
    async with await asyncio.start_server(open_shop, "127.0.0.1", 0) as server:
        open_shop.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/news?a=b"
        yield open_shop, caller
        await caller.aclose()


async def test_a_connection_is_kept_while_the_shop_keeps_it() -> None:
    async with shop(KEPT, KEPT, KEPT) as (heard, caller):
        statuses = [await caller.post(heard.url, b"x", {"Content-Type": "text/plain"}) for _ in range(3)]

    assert statuses == [204, 204, 204]
    assert heard.connections == 1
    assert heard.heard == [b"POST /news?a=b HTTP/1.1 x"] * 3


async def test_a_connection_hung_up_meanwhile_is_opened_anew() -> None:
    async with shop(KEPT) as (heard, caller):
        await caller.post(heard.url, b"x", {})
        await asyncio.sleep(0)

        assert await caller.post(heard.url, b"y", {}) == 204

    assert heard.connections == 2


async def test_an_answer_without_a_length_ends_the_connection() -> None:
    async with shop(LAST, LAST) as (heard, caller):
        statuses = [await caller.post(heard.url, b"", {}) for _ in range(2)]

    assert statuses == [200, 200]
    assert heard.connections == 2


@pytest.mark.parametrize("rubbish", [b"what?\r\n\r\n", b"HTTP/1.1 soon\r\n\r\n", b""])
async def test_rubbish_is_no_answer(rubbish: bytes) -> None:
    async with shop(rubbish) as (heard, caller):
        with pytest.raises((OSError, EOFError)):
            await caller.post(heard.url, b"", {})


async def test_nobody_there_is_no_answer() -> None:
    caller = Caller()
    with pytest.raises(OSError):
        await caller.post("http://127.0.0.1:1/", b"", {})
    await caller.aclose()
