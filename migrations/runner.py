"""Run the ordered steps on the platform schema and on every store, one transaction each, resumable.

A step is a module `mNNNN_name.py` with `SQL` and, for store steps, optional `APPEND_ONLY` tables. The version row
lives in the schema it describes, so an export carries it; the platform directory keeps a copy for the console.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import structlog

import migrations.platform
import migrations.tenant
from infra import postgres
from tenants.names import check_schema_name, new_schema_name

if TYPE_CHECKING:
    from asyncpg import Connection

log = structlog.get_logger()

WORKERS = 4
POOL_SIZE = 5


@dataclass(frozen=True)
class Step:
    version: int
    name: str
    sql: str
    append_only: tuple[str, ...] = ()


@dataclass
class Report:
    """What a run did: steps applied to the platform, stores brought up to date, and stores that failed with why."""

    platform: int = 0
    stores: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@cache
def steps(kind: str) -> tuple[Step, ...]:
    """All steps of `platform` or `tenant`, in order."""
    package = {"platform": migrations.platform, "tenant": migrations.tenant}[kind]
    found = []
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        version, _, name = module_info.name.removeprefix("m").partition("_")
        found.append(Step(int(version), name, module.SQL, getattr(module, "APPEND_ONLY", ())))
    return tuple(sorted(found, key=lambda step: step.version))


def latest(kind: str) -> int:
    return steps(kind)[-1].version


async def migrate() -> Report:
    """Bring everything up to date. Failures of single stores are recorded and reported, the others go on."""
    report = Report()
    owner = await postgres.connect_platform_owner()
    try:
        await _prepare_server(owner, postgres.platform_role())
        report.platform = await _migrate_platform(owner)
        for cluster in postgres.clusters():
            database = await postgres.connect_owner(cluster)
            try:
                await _prepare_server(database, postgres.app_role())
            finally:
                await database.close()
    finally:
        await owner.close()
    await migrate_stores(report)
    await fill_pool()
    return report


async def migrate_stores(report: Report) -> None:
    """Bring stores up to date when the platform is already; failures are noted in the report, the others go on."""
    owner = await postgres.connect_platform_owner()
    try:
        await _migrate_stores(owner, report)
    finally:
        await owner.close()


async def status() -> dict[str, Any]:
    """Versions without changing anything: latest, platform, and how many stores stand at which version."""
    owner = await postgres.connect_platform_owner()
    try:
        exists = await owner.fetchval("SELECT to_regclass('platform.tenant') IS NOT NULL")
        platform_version = await owner.fetchval("SELECT max(version) FROM platform.schema_version") if exists else 0
        rows = (
            await owner.fetch("SELECT schema_version, count(*) FROM platform.tenant GROUP BY 1 ORDER BY 1")
            if exists
            else []
        )
    finally:
        await owner.close()
    stores = {row[0]: row[1] for row in rows}
    pending = platform_version != latest("platform") or any(version != latest("tenant") for version in stores)
    return {
        "platform": platform_version,
        "platform_latest": latest("platform"),
        "tenant_latest": latest("tenant"),
        "stores": stores,
        "pending": pending,
    }


async def fill_pool(size: int = POOL_SIZE) -> int:
    """Make empty store schemas until `size` wait to be claimed, at a trickle. Returns how many were made."""
    made = 0
    owner = await postgres.connect_platform_owner()
    try:
        for cluster in postgres.clusters():
            waiting = await owner.fetchval("SELECT count(*) FROM platform.schema_pool WHERE cluster = $1", cluster)
            for _ in range(max(0, size - waiting)):
                name = await create_schema(cluster)
                await owner.execute(
                    "INSERT INTO platform.schema_pool (schema_name, cluster, schema_version, created_at)"
                    " VALUES ($1, $2, $3, now())",
                    name, cluster, latest("tenant"),
                )  # fmt: skip
                made += 1
    finally:
        await owner.close()
    return made


async def create_schema(cluster: str = "c1") -> str:
    """One empty, fully migrated store schema with a role of its own. Returns its opaque name."""
    name = check_schema_name(new_schema_name())
    database = await postgres.connect_owner(cluster)
    try:
        async with database.transaction():
            await database.execute(
                f'CREATE ROLE "{name}" NOLOGIN;'
                f'GRANT "{name}" TO "{postgres.app_role()}" WITH INHERIT FALSE, SET TRUE;'
                f'CREATE SCHEMA "{name}";'
                f'GRANT USAGE ON SCHEMA "{name}" TO "{name}";'
                f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{name}"'
                f' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{name}"'
            )
            await _bring_up(database, name)
    finally:
        await database.close()
    return name


async def _prepare_server(database: Connection[Any], role: str) -> None:
    """Login role without rights, extensions in a schema of their own, nothing public. Safe to repeat."""
    async with database.transaction():
        # Two commands may start at once; the second waits here. The runner is the one place that may.
        await database.execute("SELECT pg_advisory_xact_lock(7051)")
        if not await database.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await database.execute(f"CREATE ROLE \"{role}\" LOGIN NOINHERIT PASSWORD '{postgres.role_password(role)}'")
        await database.execute(
            "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
            "CREATE SCHEMA IF NOT EXISTS extensions;"
            "GRANT USAGE ON SCHEMA extensions TO PUBLIC;"
            "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions"
        )


async def _migrate_platform(database: Connection[Any]) -> int:
    role = postgres.platform_role()
    async with database.transaction():
        await database.execute("SELECT pg_advisory_xact_lock(7052)")
        await database.execute(
            "CREATE SCHEMA IF NOT EXISTS platform;"
            f'GRANT USAGE ON SCHEMA platform TO "{role}";'
            "ALTER DEFAULT PRIVILEGES IN SCHEMA platform"
            f' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}";'
            "CREATE TABLE IF NOT EXISTS platform.schema_version"
            " (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)"
        )
        done = {row[0] for row in await database.fetch("SELECT version FROM platform.schema_version")}
        todo = [step for step in steps("platform") if step.version not in done]
        for step in todo:
            await database.execute(step.sql)
            await database.execute(
                "INSERT INTO platform.schema_version VALUES ($1, $2, now())", step.version, step.name
            )
        await database.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON platform.audit_entry FROM "{role}"')
        return len(todo)


async def _migrate_stores(owner: Connection[Any], report: Report) -> None:
    """Every store and every waiting schema that is behind, a few at a time."""
    behind = await owner.fetch(
        "SELECT schema_name, cluster FROM platform.tenant WHERE status <> 'deleted' AND schema_version < $1"
        " UNION ALL SELECT schema_name, cluster FROM platform.schema_pool WHERE schema_version < $1",
        latest("tenant"),
    )
    gate = asyncio.Semaphore(WORKERS)

    async def one(schema: str, cluster: str) -> None:
        async with gate:
            try:
                await _migrate_store(schema, cluster)
                report.stores += 1
            except Exception as error:
                # One store's trouble must not keep the others behind; it is reported and tried again next time.
                log.exception("migration.failed", schema=schema)
                report.failed[schema] = str(error)

    await asyncio.gather(*(one(row["schema_name"], row["cluster"]) for row in behind))


async def _migrate_store(schema: str, cluster: str) -> None:
    database = await postgres.connect_owner(cluster)
    try:
        async with database.transaction():
            version = await _bring_up(database, check_schema_name(schema))
    finally:
        await database.close()
    owner = await postgres.connect_platform_owner()
    try:
        for table in ("tenant", "schema_pool"):
            await owner.execute(
                f"UPDATE platform.{table} SET schema_version = $2 WHERE schema_name = $1",  # noqa: S608 - two constants
                schema, version,
            )  # fmt: skip
    finally:
        await owner.close()


async def _bring_up(database: Connection[Any], schema: str) -> int:
    """Apply what is missing to one schema inside the caller's transaction. Returns the version reached."""
    await database.execute(f"SET LOCAL lock_timeout = '2s'; SET LOCAL search_path TO \"{schema}\", extensions")
    await database.execute(
        "CREATE TABLE IF NOT EXISTS schema_version"
        " (version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL)"
    )
    done = {row[0] for row in await database.fetch("SELECT version FROM schema_version")}
    for step in steps("tenant"):
        if step.version not in done:
            await database.execute(step.sql)
            for table in step.append_only:
                await database.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{schema}"')
            await database.execute("INSERT INTO schema_version VALUES ($1, $2, now())", step.version, step.name)
    return latest("tenant")
