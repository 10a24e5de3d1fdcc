"""The system under load: embedded services with fsync on and our own programs, in a folder and on ports of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from infra.embedded.child import Child, Program

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var" / "bench"
PORTS = range(8700, 9700, 10)
PLACES = 6  # web, sandbox, simulator, and three references beside them


class Missing(Exception):
    """A tool this benchmark needs is not on this machine; the text says how to get it."""


class Stack:
    """What runs now. Every program is stopped by the process that was started, and nothing else."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._running: dict[str, Child] = {}

    @property
    def bare_port(self) -> int:
        return self.port + 3

    @property
    def nginx_port(self) -> int:
        return self.port + 4

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def host(self, label: str = "") -> str:
        """The Host header of one of our own names; everything is reached over 127.0.0.1."""
        return f"{label}.localhost:{self.port}" if label else f"localhost:{self.port}"

    def start(self, name: str, *argv: str, env: dict[str, str] | None = None) -> Child:
        if name not in self._running:
            child = Child(Program(name, argv, env=env or {}), VAR / "logs")
            child.start()
            self._running[name] = child
        return self._running[name]

    def stop(self, name: str) -> None:
        child = self._running.pop(name, None)
        if child is not None:
            child.tell_to_end()
            child.wait(time.monotonic() + 12)

    def pid_of(self, name: str) -> int | None:
        child = self._running.get(name)
        return child.pid if child else None

    def stop_all(self) -> None:
        for name in list(self._running):
            self.stop(name)

    def kill(self, name: str) -> None:
        """SIGKILL, as a machine would do it that runs out of memory."""
        child = self._running.pop(name)
        if child.pid:
            os.kill(child.pid, signal.SIGKILL)
        child.wait(time.monotonic() + 5)

    async def web(self) -> None:
        """The web server, ready to answer."""
        self.start("web", *_manage("web"))
        await answering(f"{self.address}/health/ready")

    async def simulator(self) -> str:
        """The rehearsal warehouse, ready to answer."""
        self.start("warehouse-simulator", *_manage("warehouse-simulator"))
        address = f"http://127.0.0.1:{self.port + 2}"
        await answering(f"{address}/health")
        return address

    async def workers(self) -> None:
        """Relay and workers; the critical queue's worker also knows the bench's own job."""
        self.start("relay", *_manage("relay"))
        self.start("worker-critical", sys.executable, "-m", "tests.load.stamping_worker")
        self.start("worker-default", *_manage("worker", "--queue", "default"))
        await asyncio.sleep(2.0)

    def stop_workers(self) -> None:
        for name in ("relay", "worker-critical", "worker-default"):
            self.stop(name)

    async def bare(self) -> str:
        """The smallest application on the same server with the same settings."""
        env = {"TUANZHOU_PORT": str(self.bare_port)}
        self.start("bare", sys.executable, "-m", "tests.load.bare", env=env)
        address = f"http://127.0.0.1:{self.bare_port}"
        await answering(f"{address}/json")
        return address


def _manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "manage.py"), *words)


async def answering(address: str, *, seconds: float = 30, host: str = "localhost") -> None:
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient(headers={"Host": host}, timeout=2) as client:
        while True:
            try:
                if (await client.get(address)).status_code < 400:
                    return
            except httpx.HTTPError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError(f"{address} does not answer; see {VAR / 'logs'}")
            await asyncio.sleep(0.05)


@contextmanager
def standing() -> Iterator[Stack]:
    """Fresh services, migrated; everything is stopped and its data deleted when the block ends."""
    port = next(port for port in PORTS if all(_is_free(port + place) for place in range(PLACES)))
    os.environ.update(
        TUANZHOU_VAR=str(VAR), TUANZHOU_PORT=str(port), TUANZHOU_DOMAIN="localhost", TUANZHOU_SCHEME="http"
    )
    for name in ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL", "TUANZHOU_CLUSTERS"):
        os.environ.pop(name, None)
    os.chdir(ROOT)
    from infra import embedded
    from migrations import runner

    embedded.discard(VAR)
    stack = Stack(port)
    with ExitStack() as ending:
        ending.callback(embedded.discard, VAR)
        ending.enter_context(embedded.provided())
        ending.callback(stack.stop_all)
        asyncio.run(runner.migrate())
        asyncio.run(runner.fill_pool(40))
        yield stack


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
