"""Starting, sharing and stopping the embedded services of one `var` folder."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.embedded import postgres, valkey
from infra.embedded.ground import Ground, survey
from infra.embedded.kernel import adopt_orphans, undisturbed
from infra.embedded.leases import Lease, anyone_holds, locked

BOTH = ("postgres", "valkey")


@dataclass(frozen=True, slots=True)
class Services:
    """Where to reach them. The address of a service that was not asked for is empty."""

    database_url: str = ""
    redis_url: str = ""


def ensure(var: Path, *, fast: bool = False, need: Collection[str] = BOTH) -> Services:
    """Start what is not running and leave it running until `stop`. `fast` gives up safety on power loss, for tests."""
    with _lock(var):
        services = _start(survey(var.resolve()), fast=fast, need=need)
        _kept(var).touch()
    return services


def stop(var: Path) -> None:
    """Stop both, whoever started them."""
    if not var.exists():
        return
    with _lock(var):
        _stop(survey(var.resolve()))
        _kept(var).unlink(missing_ok=True)


def discard(var: Path) -> None:
    """Stop both and delete their data: the end of a test run."""
    if not var.exists():
        return
    with _lock(var):
        ground = survey(var.resolve())
        _stop(ground)
        folders = {ground.postgres_data, ground.valkey_data, ground.sockets}
        for folder in folders if ground.home == ground.var else folders | {ground.home}:
            shutil.rmtree(folder, ignore_errors=True)
        _kept(var).unlink(missing_ok=True)


@contextmanager
def running(var: Path, *, fast: bool = False, need: Collection[str] = BOTH) -> Iterator[Services]:
    """Services for the length of a block, shared with every other process that is in such a block.

    The last one out stops them. What `ensure` started is left running.
    """
    with _lock(var):
        lease = Lease(var / "run" / "leases")
        try:
            services = _start(survey(var.resolve()), fast=fast, need=need)
        except BaseException:
            _leave(var, lease)
            raise
    try:
        yield services
    finally:
        with undisturbed(), _lock(var):
            _leave(var, lease)


def _leave(var: Path, lease: Lease) -> None:
    lease.give_back()
    if not anyone_holds(lease.path.parent) and not _kept(var).exists():
        _stop(survey(var.resolve()))


def _start(ground: Ground, *, fast: bool, need: Collection[str]) -> Services:
    adopt_orphans()
    database_url = redis_url = ""
    if "postgres" in need:
        postgres.start(ground, fast=fast)
        database_url = postgres.dsn(ground)
    if "valkey" in need:
        valkey.start(ground)
        redis_url = valkey.dsn(ground)
    return Services(database_url, redis_url)


def _stop(ground: Ground) -> None:
    valkey.stop(ground)
    postgres.stop(ground)
    ground.remove_sockets()


@contextmanager
def _lock(var: Path) -> Iterator[None]:
    with locked(var / "run" / "services.lock"):
        yield


def _kept(var: Path) -> Path:
    return var / "run" / "kept"
