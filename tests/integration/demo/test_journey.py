"""The journey that `make run` and `make demo` play: a whole installation of its own, seen through its pages only."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import ROOT
from tests.contract.conftest import free_base_port

ADDRESSES = ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL")


@pytest.fixture
def var() -> Iterator[Path]:
    """Below a short path, because of the databases' sockets, and open to the user they run as."""
    made = Path(tempfile.mkdtemp(prefix="tz-journey-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.timeout(300)
async def test_every_step_from_sign_up_to_books_that_add_up_is_seen(var: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    environment |= {"TUANZHOU_VAR": str(var), "TUANZHOU_PORT": str(free_base_port())}

    process = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "demo", cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()

    assert process.returncode == 0, output.decode(errors="replace")
