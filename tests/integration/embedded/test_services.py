"""PostgreSQL and Valkey from wheels: started, shared, left clean, and found again after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio

from infra import embedded
from infra.embedded.ground import Ground, survey
from infra.embedded.processes import alive, end, postmaster

HOLD = """
import sys
from pathlib import Path
from infra import embedded
with embedded.running(Path(sys.argv[1]), fast=True):
    print(".", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    embedded.discard(tmp_path / "var")


def _ground(var: Path) -> Ground:
    return survey(var.resolve())


def _server(var: Path) -> int | None:
    return postmaster(_ground(var).postgres_data)


def _stranger() -> subprocess.Popen[bytes]:
    return subprocess.Popen((sys.executable, "-c", "import time; time.sleep(60)"))


def _hold(var: Path) -> subprocess.Popen[bytes]:
    """Another command that uses the services until its standard input closes."""
    process = subprocess.Popen(
        (sys.executable, "-c", HOLD, str(var)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout
    assert process.stdout.read(1) == b"."
    return process


async def _remember(services: embedded.Services) -> None:
    database = await asyncpg.connect(services.database_url)
    await database.execute("CREATE TABLE IF NOT EXISTS kept (word text PRIMARY KEY)")
    await database.execute("INSERT INTO kept VALUES ('tea') ON CONFLICT DO NOTHING")
    await database.close()
    async with redis.asyncio.Redis.from_url(services.redis_url) as client:
        await client.set("kept", "tea")


async def _recall(services: embedded.Services) -> tuple[str, bytes]:
    database = await asyncpg.connect(services.database_url)
    word = await database.fetchval("SELECT word FROM kept")
    await database.close()
    async with redis.asyncio.Redis.from_url(services.redis_url) as client:
        return word, await client.get("kept")


async def test_what_was_stored_is_there_at_the_next_start(var: Path) -> None:
    with embedded.running(var, fast=True) as services:
        await _remember(services)
    assert _server(var) is None

    with embedded.running(var, fast=True) as services:
        assert await _recall(services) == ("tea", b"tea")


async def test_a_crash_of_everything_does_not_prevent_the_next_start(var: Path) -> None:
    services = embedded.ensure(var, fast=True)
    await _remember(services)
    server = _server(var)
    valkey = int((_ground(var).valkey_data / "server.pid").read_text())
    assert server

    end([server, valkey], (signal.SIGKILL, 5))

    assert await _recall(embedded.ensure(var, fast=True)) == ("tea", b"tea")


def test_a_lock_file_with_the_id_of_a_stranger_does_not_prevent_the_start(var: Path) -> None:
    with embedded.running(var, fast=True):
        lock = _ground(var).postgres_data / "postmaster.pid"
        left = lock.read_text()
    stranger = _stranger()
    lock.write_text(left.replace(left.split("\n")[0], str(stranger.pid), 1))

    with embedded.running(var, fast=True):
        assert _server(var) not in (None, stranger.pid)

    stranger.kill()
    stranger.wait()


def test_the_last_of_two_commands_puts_the_light_out(var: Path) -> None:
    other = _hold(var)
    with embedded.running(var, fast=True):
        server = _server(var)
    assert server
    assert alive(server)

    other.communicate()

    assert not alive(server)


def test_a_killed_command_leaves_its_services_to_the_next_one(var: Path) -> None:
    killed = _hold(var)
    server = _server(var)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert server
    assert alive(server)

    with embedded.running(var, fast=True):
        assert _server(var) == server

    assert not alive(server)
    assert _server(var) is None
