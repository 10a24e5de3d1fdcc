"""The stand-ins run as real processes on free local ports; a listener receives what they send."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn

from infra.http import Outside, trusted_client
from infra.settings import ROOT, settings

PATIENCE_S = 120.0
T = TypeVar("T")


@dataclass
class Server:
    """One stand-in: where it answers, and how to kill and start it again with the same books."""

    module: str
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", self.module]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/health", trust_env=False, timeout=1).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.module} did not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Received:
    """One request that arrived at the listener."""

    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


@dataclass
class Listener:
    """The shop's webhook endpoint. `refusals` is how many requests it answers with 500 first, then it says `reply`."""

    url: str = ""
    reply: bytes = b"{}"
    refusals: int = 0
    received: list[Received] = field(default_factory=list)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        self.received.append(Received(scope["path"], headers, body, query))
        self.refusals -= 1
        await send({"type": "http.response.start", "status": 500 if self.refusals >= 0 else 200, "headers": []})
        await send({"type": "http.response.body", "body": b"no" if self.refusals >= 0 else self.reply})

    async def wait_for(self, count: int, path: str = "") -> list[Received]:
        return await eventually(lambda: self._at_least(count, path))

    async def _at_least(self, count: int, path: str) -> list[Received] | None:
        found = [one for one in self.received if one.path.startswith(path)]
        return found if len(found) >= count else None


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    """Ask again and again until there is an answer."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


def free_base_port() -> int:
    """A port whose two successors are free too: the stand-ins listen there."""
    for base in range(20_000 + os.getpid() % 10_000, 60_000, 3):
        with ExitStack() as held:
            try:
                for port in (base, base + 1, base + 2):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return base
    raise RuntimeError("no free ports")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ,
        "TUANZHOU_VAR": str(tmp_path_factory.mktemp("stand-ins")),
        "TUANZHOU_PORT": str(free_base_port()),
        "TUANZHOU_SECRET": settings().secret.decode(),
    }


@pytest.fixture(scope="session")
def sandbox(environment: dict[str, str]) -> Iterator[Server]:
    server = Server("infra.payment.sandbox_server", int(environment["TUANZHOU_PORT"]) + 1, environment)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def simulator(environment: dict[str, str]) -> Iterator[Server]:
    server = Server("infra.warehouse.simulator", int(environment["TUANZHOU_PORT"]) + 2, environment)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with trusted_client() as client:
        yield client


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    heard = Listener()
    config = uvicorn.Config(heard, port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        heard.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        yield heard
        server.should_exit = True
        await serving
