"""The whole program as a person starts it, on ports and in a folder of its own, for a browser to visit."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.services import ROOT

PATIENCE_SECONDS = 300
WHAT_TO_INSTALL = (
    "The browser tests need Chromium. Install it (Debian: apt-get install chromium)"
    " or name one with CHROMIUM=/path/to/chromium."
)


def chromium() -> str:
    """The browser's program; a test that needs one fails without it, it is never skipped."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    if not found:
        pytest.fail(WHAT_TO_INSTALL)
    return found


class Stack:
    """`tuanzhou run` with the demo stores; its journey is not played, the tests make their own."""

    def __init__(self) -> None:
        # A short path: sockets live below it.
        self.folder = Path(tempfile.mkdtemp(prefix="tz-browser-"))
        self.port = _free_ports()
        (self.folder / "journey-played").touch()
        self.log = (self.folder / "run.log").open("w")
        others = ("DATABASE_URL", "REDIS_URL", "PLATFORM_DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if name not in others}
        environment |= {
            "TUANZHOU_VAR": str(self.folder), "TUANZHOU_PORT": str(self.port), "TUANZHOU_DOMAIN": "localhost",
            "TUANZHOU_SECRET": "secret-of-the-browser-run-0123456789",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run", "--with-parent"], cwd=ROOT, env=environment,
            stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def wait(self) -> None:
        """Until pages are served. Says what the program said when it does not get there."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends and self.process.poll() is None:
            if self._ready():
                return
            time.sleep(0.3)
        self.stop()
        pytest.fail(f"The program did not start:\n{(self.folder / 'run.log').read_text()[-3000:]}")

    def _ready(self) -> bool:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
            try:
                connection.request("GET", "/health/ready", headers={"Host": "localhost"})
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def address(self, label: str = "", path: str = "/") -> str:
        return f"http://{label + '.' if label else ''}localhost:{self.port}{path}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.log.close()
        if not os.environ.get("KEEP_BROWSER_STACK"):
            shutil.rmtree(self.folder, ignore_errors=True)


def _free_ports() -> int:
    """A port with its two neighbors free: the payment sandbox and the warehouse simulator sit there."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if all(_is_free(port + number) for number in range(3)):
            return port
    raise RuntimeError("no three free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
