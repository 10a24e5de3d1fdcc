"""A provider's server in this process: real HTTP on a free port, bad weather on request, notices until heard."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import httpx
import uvicorn

Fault = Literal[
    "error", "error_after", "busy", "truncated", "unsigned", "other_key", "wrong_signature", "stale", "nonsense"
]

Make = Callable[[], tuple[dict[str, str], bytes]]
Heard = Callable[[httpx.Response], bool]


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Said:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class ProviderServer:
    """What both providers' servers share. `faults` spoil the next answers, one each; `always` spoils all of them."""

    def __init__(self) -> None:
        self.url = ""
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.copies = 1
        self.tasks: set[asyncio.Task[None]] = set()

    async def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def fault(self) -> Fault | None:
        return self.faults.popleft() if self.faults else self.always

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        path = scope["raw_path"].decode().partition("?")[0]
        said = await self.answer(Asked(scope["method"], path, scope["query_string"].decode(), headers, body))
        pairs = [(name.encode(), value.encode()) for name, value in said.headers.items()]
        await send({"type": "http.response.start", "status": said.status, "headers": pairs})
        await send({"type": "http.response.body", "body": said.body})

    def tell(self, url: str, make: Make, heard: Heard) -> None:
        """Send a notice, and again until it is heard; signed anew each time, as vendors do."""
        for _ in range(self.copies):
            task = asyncio.get_running_loop().create_task(self._send(url, make, heard))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _send(self, url: str, make: Make, heard: Heard) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(20):
                headers, body = make()
                if heard(await client.post(url, content=body, headers=headers)):
                    return
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Server(Protocol):
    """An ASGI application that wants to know its address and to be told when it is over."""

    url: str

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None: ...

    async def quiet(self) -> None: ...


@asynccontextmanager
async def serving(server: Server, port: int = 0) -> AsyncIterator[None]:
    config = uvicorn.Config(server, port=0, log_level="critical", lifespan="off", ws="none")
    running = uvicorn.Server(config)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        server.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        task = asyncio.create_task(running.serve(sockets=[sock]))
        try:
            yield
        finally:
            await server.quiet()
            running.should_exit = True
            await task
