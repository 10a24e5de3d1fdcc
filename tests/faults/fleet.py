"""Every program of the system as a real process of its own, started again whenever it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.settings import ROOT

QUEUES = ("critical", "default")  # nobody works on long jobs
COMMANDS = {
    "payment-sandbox": ("payment-sandbox",),
    "warehouse-simulator": ("warehouse-simulator",),
    "relay": ("relay",),
    **{f"worker-{queue}": ("worker", "--queue", queue) for queue in QUEUES},
    "web": ("web",),
}


class Fleet:
    """`module` is what runs our commands: the product's own, or a shim around it. `more` is what some programs find in
    their environment beside everybody else's.
    """

    def __init__(
        self, module: str, logs: Path, commands: Mapping[str, tuple[str, ...]] = COMMANDS,
        more: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:  # fmt: skip
        self.module, self.more = module, more or {}
        self.logs = logs
        self.commands = commands
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.watcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        for name in self.commands:
            self._launch(name)
        self.watcher = asyncio.create_task(self._watch())

    def kill(self, name: str) -> None:
        self.processes[name].kill()

    async def stop(self) -> None:
        if self.watcher:
            self.watcher.cancel()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                await asyncio.to_thread(process.wait, 10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _launch(self, name: str) -> None:
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.commands[name]], cwd=ROOT,
                env={**os.environ, **self.more.get(name, {})}, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    async def _watch(self) -> None:
        """The supervisor's part: a dead program is back within half a second."""
        while True:
            await asyncio.sleep(0.3)
            for name, process in self.processes.items():
                if process.poll() is not None:
                    self._launch(name)
