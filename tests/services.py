"""Real PostgreSQL and Valkey for a test run: from the environment, from containers, or embedded; never skipped.

One server of each per run. The first process to need them prepares a template database under a file lock; every xdist
worker then works in a copy of its own (a copy takes about 60 ms) and in a Valkey database of its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

ROOT = Path(__file__).resolve().parent.parent
TEST_VAR = Path(os.environ.get("TUANZHOU_TEST_VAR", ROOT / "var" / "test"))
READY_SCHEMAS = 4


def worker_number() -> int:
    """0 for the controller or a run without xdist, 1.. for its workers."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


def first_port() -> int:
    """Every checkout tests on ports of its own, so that several run side by side; below the range of free ports."""
    return 10_000 + zlib.crc32(str(ROOT).encode()) % 200 * 100


@contextmanager
def _locked() -> Iterator[None]:
    TEST_VAR.mkdir(parents=True, exist_ok=True)
    with (TEST_VAR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    return bool(docker) and subprocess.run([str(docker), "info"], capture_output=True, check=False).returncode == 0


def _containers() -> tuple[str, str]:
    """PostgreSQL 18 and Valkey 9 in containers; the resource reaper removes them after the run."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.postgres import PostgresContainer

    database = PostgresContainer("postgres:18", username="tuanzhou_owner", driver=None).start()
    valkey = DockerContainer("valkey/valkey:9").with_exposed_ports(6379).start()
    address = f"redis://{valkey.get_container_host_ip()}:{valkey.get_exposed_port(6379)}/0"
    return database.get_connection_url(), address


def start() -> tuple[str, str]:
    """Addresses of the run's PostgreSQL (as owner) and Valkey; starts them when this is the first process to ask."""
    given = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    if given[0] and given[1]:
        return given[0], given[1]
    with _locked():
        known = TEST_VAR / "services.json"
        if worker_number() and known.exists():
            database_url, redis_url = json.loads(known.read_text())
            return database_url, redis_url
        if _docker_answers():
            found = _containers()
        else:
            from infra import embedded

            services = embedded.ensure(TEST_VAR, fast=True)
            found = services.database_url, services.redis_url
        known.write_text(json.dumps(found))
        return found


def with_database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


def _fingerprint() -> str:
    """Changes whenever a migration does, so a stale template is never used."""
    digest = hashlib.sha256(str(READY_SCHEMAS).encode())
    for file in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    digest.update(os.environ["TUANZHOU_SECRET"].encode())
    return digest.hexdigest()[:10]


def prepare_database(owner_dsn: str) -> str:
    """A migrated database of this worker's own, copied from the template. Returns its address."""
    template, mine = f"tz_template_{_fingerprint()}", f"tz_test_{os.getpid()}"
    with _locked():
        asyncio.run(_prepare(owner_dsn, template, mine))
    return with_database(owner_dsn, mine)


async def _prepare(owner_dsn: str, template: str, mine: str) -> None:
    owner: Any = await asyncpg.connect(owner_dsn)
    try:
        if not await owner.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", template):
            await owner.execute(f'DROP DATABASE IF EXISTS "{template}"')
            await owner.execute(f'CREATE DATABASE "{template}"')
            await asyncio.to_thread(_migrate, with_database(owner_dsn, template))
            await owner.execute(f'ALTER DATABASE "{template}" IS_TEMPLATE true')
        await owner.execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
        await owner.execute(f'CREATE DATABASE "{mine}" TEMPLATE "{template}" STRATEGY wal_log')
    finally:
        await owner.close()


def _migrate(dsn: str) -> None:
    """Migrate in a process of its own: settings are read once per process and must not see the template."""
    code = (
        "import asyncio; from migrations import runner; asyncio.run(runner.migrate());"
        f"asyncio.run(runner.fill_pool({READY_SCHEMAS}))"
    )
    environment = {**os.environ, "DATABASE_URL": dsn, "PLATFORM_DATABASE_URL": dsn}
    import sys

    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)


def drop_database(owner_dsn: str, dsn: str) -> None:
    name = urlsplit(dsn).path.removeprefix("/")

    async def drop() -> None:
        owner: Any = await asyncpg.connect(owner_dsn)
        try:
            await owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await owner.close()

    asyncio.run(drop())


def stop() -> None:
    """The controller's last act: stop what this run started (never services given by the environment)."""
    if os.environ.get("TEST_DATABASE_URL"):
        return
    known = TEST_VAR / "services.json"
    if known.exists():
        known.unlink()
        from infra import embedded

        embedded.stop(TEST_VAR)
