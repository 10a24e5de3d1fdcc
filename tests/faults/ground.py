"""Ground of its own for a run: a folder, ports, a migrated database and a Valkey that nobody else uses."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Ground:
    """`keep` leaves the logs where they are when the run is over."""

    var: Path
    dsn: str
    keep: bool = False

    @property
    def logs(self) -> Path:
        return self.var / "log"


@contextmanager
def own_ground() -> Iterator[Ground]:
    """Set before anything reads the settings, which happens once per process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the `finally` blocks, and nothing behind
    var = Path(tempfile.mkdtemp(prefix="tz-faults-"))
    os.chmod(var, 0o755)  # noqa: S103 - the database runs as another user below it
    os.environ |= {
        "TUANZHOU_VAR": str(var), "TUANZHOU_PORT": str(_free_port()), "TUANZHOU_SECRET": secrets.token_hex(32),
        "TUANZHOU_DOMAIN": "localhost", "TUANZHOU_PROXIES": "127.0.0.1", "TUANZHOU_SCHEME": "http",
    }  # fmt: skip
    from infra import embedded

    services = embedded.ensure(var)
    os.environ |= {
        "DATABASE_URL": services.database_url, "PLATFORM_DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
    }  # fmt: skip
    from infra.settings import settings

    settings.cache_clear()
    ground = Ground(var, services.database_url)
    try:
        subprocess.run([sys.executable, "-m", "manage", "migrate"], check=True, stdout=subprocess.DEVNULL)
        yield ground
    finally:
        if ground.keep:
            print(f"logs are kept in {ground.logs}")  # noqa: T201 - a command talks by printing
            embedded.stop(var)
        else:
            embedded.discard(var)
            shutil.rmtree(var, ignore_errors=True)


def _free_port() -> int:
    """A port whose two successors are free too: the stand-ins listen there."""
    while True:
        base = 21_000 + secrets.randbelow(30_000)
        try:
            for port in (base, base + 1, base + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
