"""What `tuanzhou doctor` looks at on this machine. It changes nothing and says what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
import redis.asyncio

from infra.embedded import front
from infra.embedded.environment import provided
from infra.embedded.failure import ServiceFailed
from infra.settings import settings

ENOUGH_BYTES = 1_000_000_000
OLDEST_POSTGRES = 16  # roles granted WITH INHERIT FALSE, SET TRUE
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    text: str
    wrong: bool = False
    note: bool = False

    @property
    def mark(self) -> str:
        return "✗" if self.wrong else "·" if self.note else "✓"


def examine(migrations_pending: Callable[[], bool]) -> Iterator[Finding]:
    """Everything. The migrations are looked at by the caller's function, because their floor is above ours."""
    yield from (_python(), _folder(), _disk(), _ports(), _chromium(), _mail())
    embedded = not os.environ.get("DATABASE_URL")
    try:
        with provided():
            servers = [asyncio.run(_postgres()), asyncio.run(_valkey())]
            yield from servers
            if not any(server.wrong for server in servers):
                yield _migrations(migrations_pending(), embedded=embedded)
    except ServiceFailed as failure:
        yield Finding(str(failure), wrong=True)


def _migrations(pending: bool, *, embedded: bool) -> Finding:
    if not pending:
        return Finding("Migrations are up to date")
    if embedded:
        return Finding("Migrations are pending; the next start applies them", note=True)
    return Finding("Migrations are pending: run `tuanzhou migrate`", wrong=True)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(f"Python {version}", wrong=sys.version_info < (3, 11))


def _folder() -> Finding:
    var = settings().var
    if os.access(var, os.W_OK):
        return Finding(f"Data folder {var} can be written")
    return Finding(f"Data folder {var} cannot be written. Give it to this user, or set TUANZHOU_VAR.", wrong=True)


def _disk() -> Finding:
    free = shutil.disk_usage(settings().var).free
    if free >= ENOUGH_BYTES:
        return Finding(f"Disk: {free / 1e9:.1f} GB free")
    return Finding(f"Disk: only {free / 1e9:.2f} GB free where {settings().var} lies. Make room for 1 GB.", wrong=True)


def _ports() -> Finding:
    taken, port = front.taken_ports(), settings().port
    if not taken:
        return Finding(f"Ports {port} to {port + 2} are free")
    if front.supervisor() is not None:
        return Finding(f"Ports {port} to {port + 2}: Tuanzhou itself is running (process {front.supervisor()})")
    return Finding(f"Port {taken[0]} is taken by another program. Stop it, or set TUANZHOU_PORT.", wrong=True)


def _chromium() -> Finding:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return Finding(f"Chromium: {found or 'not installed; only `make test` needs it'}", note=True)


def _mail() -> Finding:
    if settings().smtp_url:
        return Finding(f"Mail goes out through {urlsplit(settings().smtp_url).hostname}")
    return Finding("No mail server (SMTP_URL): messages are shown on the pages only, nobody gets mail", note=True)


async def _postgres() -> Finding:
    try:
        connection = await asyncpg.connect(settings().database_url, timeout=5)
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        return Finding(f"PostgreSQL does not answer at DATABASE_URL: {error}", wrong=True)
    version = connection.get_settings().server_version
    major = connection.get_server_version().major
    await connection.close()
    if major < OLDEST_POSTGRES:
        return Finding(f"PostgreSQL {version} is too old; {OLDEST_POSTGRES} is needed.", wrong=True)
    return Finding(f"PostgreSQL {version} answers")


async def _valkey() -> Finding:
    try:
        client = redis.asyncio.Redis.from_url(settings().redis_url, socket_timeout=5, socket_connect_timeout=5)
        about = await client.info("server")
        await client.aclose()
    except (OSError, redis.RedisError, ValueError) as error:
        return Finding(f"Valkey does not answer at REDIS_URL: {error}", wrong=True)
    name = "Valkey" if "valkey_version" in about else "Redis"
    return Finding(f"{name} {about.get('valkey_version', about['redis_version'])} answers")
