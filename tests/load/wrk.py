"""Load from outside: wrk of Debian, one thread, keep-alive connections."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.load.stack import Missing

CONNECTIONS = 32
SECONDS = 3
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Load:
    per_second: float
    p99_ms: float
    refused: int


async def require(*packages: str) -> None:
    """Tools from Debian: installed when we are root, else named."""
    wanted = [package for package in packages if not shutil.which(package)]
    if not wanted:
        return
    names = [{"nginx": "nginx-light"}.get(package, package) for package in wanted]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *names]):
            process = await asyncio.create_subprocess_exec(
                *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
            )  # fmt: skip
            await process.wait()
    if left := [package for package in wanted if not shutil.which(package)]:
        raise Missing(f"{' and '.join(left)} missing: sudo apt-get install {' '.join(names)}")


async def press(
    url: str, host: str, *, seconds: int = SECONDS, connections: int = CONNECTIONS, script: Path | None = None
) -> Load:
    """Requests per second of one address. Answers other than 2xx and 3xx are counted as refused."""
    words = [
        "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", str(script)] if script else []),
        "-H", f"Host: {host}", "-H", f"User-Agent: {BROWSER}", "-H", "Accept: text/html",
        "-H", "Accept-Encoding: gzip, deflate, br", url,
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    text = (await process.communicate())[0].decode()
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", text)
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return Load(
        float(rate[1]) if rate else 0.0,
        float(slow[1]) * scale[slow[2]] if slow else 0.0,
        int(refused[1]) if refused else 0,
    )
