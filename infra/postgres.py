"""Connection pools and login roles for PostgreSQL; one pool per cluster, recycled, with nothing to reset.

Every statement runs inside a transaction that sets its own schema and role with SET LOCAL, so a returned connection
carries no state and the pool's reset query is skipped (it costs more than the transaction itself).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import asyncpg

from infra import clock
from infra.settings import as_user, settings

if TYPE_CHECKING:
    from asyncpg import Connection, Pool
    from asyncpg.pool import PoolConnectionProxy

# A backend keeps about 0.4 MB for every store it has touched; recycling bounds it.
MAX_QUERIES = 4_000
# How long a request may wait for a connection: longer is an outage, and the visitor is told so.
PATIENCE_SECONDS = 5.0
# Faults must surface as errors, not as waiting: promises.md F11.
TIMEOUTS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"}


def installation() -> str:
    """Six hex digits that set apart the roles of two installations on one server."""
    return hashlib.sha256(settings().secret).hexdigest()[:6]


def app_role() -> str:
    """The login that may become any store's role and can do nothing by itself."""
    return f"tuanzhou_app_{installation()}"


def platform_role() -> str:
    """The login that reads and writes the platform schema and no store's."""
    return f"tuanzhou_platform_{installation()}"


def role_password(role: str) -> str:
    """Derived, so that no second secret has to be stored or passed around."""
    return hmac.new(settings().secret, role.encode(), hashlib.sha256).hexdigest()


def clusters() -> dict[str, str]:
    """Cluster name -> owner DSN. The first machine is `c1`; more come from settings."""
    return {"c1": settings().database_url, **settings().more_clusters}


async def _keep(connection: Connection[Any]) -> None:
    """Nothing to reset: see the module's docstring."""


# Names of the statements that were prepared with PREPARE, by backend.
_prepared: dict[int, set[str]] = {}


async def _meet(connection: Connection[Any]) -> None:
    """A new backend has nothing prepared, whichever one had its number before; and it knows what time it is."""
    clock.agree(await connection.fetchval("SELECT clock_timestamp()"))
    pid = connection.get_server_pid()
    _prepared[pid] = set()

    def forget(_gone: object) -> None:
        _prepared.pop(pid, None)

    connection.add_termination_listener(forget)


def prepared_on(connection: PoolConnectionProxy[Any]) -> set[str]:
    """Which names this connection's backend knows; whoever sends a PREPARE adds to them."""
    return _prepared.setdefault(connection.get_server_pid(), set())


async def open_pool(owner_dsn: str, role: str, *, size: int, search_path: str = "") -> Pool[Any]:
    """A small pool for one login role. `search_path` is the role's resting place; stores need an empty one."""
    server_settings = {**TIMEOUTS, "search_path": search_path, "application_name": role}
    pool = await asyncpg.create_pool(
        as_user(owner_dsn, role, role_password(role)),
        min_size=1,
        max_size=size,
        max_queries=MAX_QUERIES,
        max_inactive_connection_lifetime=300,
        server_settings=server_settings,
        init=_meet,
        reset=_keep,
        command_timeout=15,
        timeout=5,
    )
    if pool is None:  # asyncpg's typing allows it; it does not happen when awaited
        raise RuntimeError("asyncpg made no pool")
    return pool


async def connect_owner(cluster: str = "c1") -> Connection[Any]:
    """One connection as the owner, for migrations and for making stores. Never used to answer a request."""
    return await asyncpg.connect(clusters()[cluster], timeout=5)


async def connect_platform_owner() -> Connection[Any]:
    """One owner connection to the platform database, which may be another server."""
    return await asyncpg.connect(settings().platform_database_url, timeout=5)


# The server is away or too busy: worth another try, and not the visitor's fault.
UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,  # what the driver says when a resting connection's backend was killed
    asyncpg.DiskFullError,
)
