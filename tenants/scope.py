"""Inside one store: the only way to a store's rows.

`bind(tenant)` says which store the current task works for; `transaction()` opens one transaction on that store's
cluster whose schema search path and role are the store's, with SET LOCAL in the same message as BEGIN. Outside of it
every statement fails: the login role has no rights, and the engine refuses before it even asks.

Piccolo's own transaction class is not used: when COMMIT fails it keeps the connection, and it treats nesting as a no-
op.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast
from uuid import UUID

from asyncpg.exceptions import IntegrityConstraintViolationError, LockNotAvailableError
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from infra import postgres
from tenants.errors import AlreadyInside, TenantNotBound
from tenants.names import check_schema_name

if TYPE_CHECKING:
    from asyncpg import Pool
    from asyncpg.pool import PoolConnectionProxy


@dataclass(frozen=True, slots=True)
class Tenant:
    """One store as the directory knows it; immutable, safe to keep for the length of a request or job."""

    id: UUID
    slug: str
    name: str
    schema_name: str
    cluster: str
    status: str
    plan: str
    locale: str
    currency: str
    time_zone: str
    selling_mode: str
    schema_version: int


_bound: ContextVar[Tenant | None] = ContextVar("bound_tenant", default=None)


def current() -> Tenant:
    """The store this task works for. Raises TenantNotBound outside one."""
    tenant = _bound.get()
    if tenant is None:
        raise TenantNotBound("no store is bound to this task")
    return tenant


def bound() -> Tenant | None:
    """The store this task works for, or None on a host that belongs to no store."""
    return _bound.get()


def enter(tenant: Tenant) -> None:
    """Bind for the rest of the current task; for guards, whose request task ends with the request."""
    if ENGINE.current_transaction.get() is not None:
        raise AlreadyInside("cannot change store inside an open transaction")
    _bound.set(tenant)


@contextmanager
def bind(tenant: Tenant) -> Iterator[Tenant]:
    """Work for this store until the block ends. Binding alone opens nothing."""
    if ENGINE.current_transaction.get() is not None:
        raise AlreadyInside("cannot change store inside an open transaction")
    token = _bound.set(tenant)
    try:
        yield tenant
    finally:
        _bound.reset(token)


# Called after a commit that posted jobs; set once by tenants.outbox, which knows the doorbell.
_announce: Announce | None = None


class Announce(Protocol):
    async def __call__(self, *, tenant_id: UUID) -> None: ...


def announce_with(announce: Announce) -> None:
    global _announce
    _announce = announce


# What a statement is refused with while the connection and its transaction stay well.
REFUSED = (IntegrityConstraintViolationError, LockNotAvailableError)


class TenantTransaction(PostgresTransaction):
    """BEGIN, schema, role and back again; the connection is always given back, also when COMMIT fails."""

    engine: TenantEngine

    async def __aenter__(self) -> TenantTransaction:
        if self._parent is not None:
            raise AlreadyInside("a store's transaction does not nest; use savepoint()")
        tenant = current()
        schema = check_schema_name(tenant.schema_name)
        pool = self.engine.pool_of(tenant.cluster)
        self.pool = pool
        self.connection: PoolConnectionProxy[Any] = await pool.acquire(timeout=postgres.PATIENCE_SECONDS)
        try:
            await self.connection.execute(
                f'BEGIN; SET LOCAL search_path TO "{schema}", extensions; SET LOCAL ROLE "{schema}"'
            )
        except BaseException:
            await self._give_back(clean=False)
            raise
        self.tenant = tenant
        self.wants_hint = False
        self.last_words: list[Said] = []
        self.afterwards: list[Callable[[], Awaitable[object]]] = []
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> Literal[False]:
        clean = False
        try:
            if kind is None and self.last_words:
                await self.connection.execute(_at_once(self.last_words, postgres.prepared_on(self.connection)))
            else:
                await self.connection.execute("COMMIT" if kind is None else "ROLLBACK")
            clean = True
        except REFUSED:  # by a statement before COMMIT, which was not reached
            await self.connection.execute("ROLLBACK")
            clean = True
            raise
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back(clean=clean)
        if kind is None and self.wants_hint and _announce is not None:
            await _announce(tenant_id=self.tenant.id)
        if kind is None:
            for tell in self.afterwards:
                await tell()
        return False

    async def _give_back(self, *, clean: bool) -> None:
        """A connection whose state is unknown is closed, never reused for another store."""
        if not clean:
            self.connection.terminate()
        await self.pool.release(self.connection)


class QuietEngine(PostgresEngine):
    """Piccolo's engine without its look at the server while modules are being imported."""

    async def check_version(self) -> None:
        """The embedded and the documented server versions are ours to choose."""

    async def prep_database(self) -> None:
        """Extensions are made by the migration runner."""


class TenantEngine(QuietEngine):
    """Piccolo's engine with every way around a bound transaction closed."""

    def __init__(self) -> None:
        super().__init__(config={"database": "tenants"})
        self.pools: dict[str, Pool[Any]] = {}

    def pool_of(self, cluster: str) -> Pool[Any]:
        if cluster not in self.pools:
            raise TenantNotBound(f"no pool is open for cluster {cluster}")
        return self.pools[cluster]

    def transaction(self, allow_nested: bool = False) -> TenantTransaction:
        return TenantTransaction(self, allow_nested=True)

    async def get_new_connection(self) -> Any:
        raise TenantNotBound("a store's rows are reached through tenants.transaction() only")

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        raise TenantNotBound("a store's rows are reached through tenants.transaction() only")

    async def _run_in_new_connection(self, query: str, args: Sequence[Any] | None = None) -> Any:
        raise TenantNotBound("a store's rows are reached through tenants.transaction() only")


ENGINE = TenantEngine()


async def open_pools(size: int = 8) -> None:
    """Open one pool per cluster. Idempotent, so that a command and a server may both ask."""
    for name, dsn in postgres.clusters().items():
        if name not in ENGINE.pools:
            ENGINE.pools[name] = await postgres.open_pool(dsn, postgres.app_role(), size=size)


async def close_pools() -> None:
    for name in list(ENGINE.pools):
        await ENGINE.pools.pop(name).close()


def transaction() -> TenantTransaction:
    """One transaction in the bound store: `async with tenants.transaction(): ...`. Does not nest; no gather inside."""
    return ENGINE.transaction()


def after_commit(tell: Callable[[], Awaitable[object]]) -> None:
    """Call this once the open transaction is committed: for nudges to people who watch, which may also be lost."""
    cast("TenantTransaction", ENGINE.current_transaction.get()).afterwards.append(tell)


def ask_for_hint() -> None:
    """The open transaction posted a job: wake the relay after its commit."""
    cast("TenantTransaction", ENGINE.current_transaction.get()).wants_hint = True


def connection() -> PoolConnectionProxy[Any]:
    """The open transaction's connection, for set-based SQL. Raises TenantNotBound outside a transaction."""
    open_transaction = ENGINE.current_transaction.get()
    if open_transaction is None:
        raise TenantNotBound("no transaction is open; use tenants.transaction()")
    found: PoolConnectionProxy[Any] = open_transaction.connection
    return found


Said = tuple[str, Sequence[UUID | int | datetime]]


def commit_with(*statements: Said) -> None:
    """Let the open transaction end with these statements, after those of earlier calls, in one message with COMMIT.

    For a row that everybody waits for: it is locked for as long as the server needs and not for an answer that travels
    to us and back. What refuses them is raised where the transaction's block ends. The values become part of the text,
    so they are ids, numbers, moments and yes or no, never anything that somebody typed.
    """
    cast("TenantTransaction", ENGINE.current_transaction.get()).last_words.extend(statements)


def _at_once(said: Sequence[Said], known: set[str]) -> str:
    """Planning them again for every transaction would cost more than running them.

    All are prepared first: what refuses one of them ends the message, and the others count as known from now on.
    """
    named = {f"said_{zlib.crc32(statement.encode()):08x}": statement for statement, _ in said}
    prepared = [f"PREPARE {name} AS {statement}" for name, statement in named.items() if name not in known]
    known.update(named)
    executed = [
        f"EXECUTE said_{zlib.crc32(statement.encode()):08x} ({', '.join(map(_literal, values))})"
        for statement, values in said
    ]
    return "; ".join([*prepared, *executed, "COMMIT"])


def _literal(value: UUID | int | datetime) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, UUID):
        return f"'{value}'::uuid"
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'::timestamptz"
    return str(int(value))


def in_transaction() -> bool:
    return ENGINE.current_transaction.get() is not None


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Part of the open transaction that may fail without taking the rest with it."""
    database = connection()
    await database.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        await database.execute("ROLLBACK TO SAVEPOINT part")
        raise
    await database.execute("RELEASE SAVEPOINT part")
