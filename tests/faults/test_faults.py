"""Orders survive everything being killed at random; without the outbox they do not, which shows we would notice."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT

import pytest

from infra.settings import ROOT

# One storm at a time: each is a whole system of its own.
pytestmark = pytest.mark.xdist_group("faults")


async def _storm(*more: str, orders: str) -> tuple[int | None, str]:
    """The run is a program of its own: it brings its own servers, ports and folders."""
    addresses = ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name not in addresses}
    environment["FAULTS_ORDERS"] = os.environ.get("FAULTS_ORDERS", orders)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults", *more, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode(errors="replace")


@pytest.mark.timeout(900)
async def test_every_paid_order_ships_once_whatever_is_killed() -> None:
    code, output = await _storm(orders="120")

    assert "lost=0 double=0" in output, output
    assert code == 0, output


@pytest.mark.timeout(900)
async def test_the_same_storm_without_the_outbox_loses_orders() -> None:
    code, output = await _storm("--control", orders="80")

    assert code == 0, output
