"""A fault run as a program of its own: it brings its own servers, ports and folders."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT

from infra.settings import ROOT

ADDRESSES = ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL")


async def run(module: str, *arguments: str, **usual: str) -> tuple[int | None, str]:
    """Exit status and everything it printed. `usual` is set in its environment unless the caller's says otherwise."""
    environment = usual | {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode(errors="replace")


def figure_of(output: str) -> str:
    """The line of its output that says what was proven."""
    return next(line for line in output.splitlines() if " seed=" in line)
