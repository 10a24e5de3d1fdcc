"""Starting and stopping the embedded PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from pathlib import Path

from infra.embedded.failure import ServiceFailed
from infra.embedded.ground import Ground
from infra.embedded.processes import alive, command, end, pid_in, postmaster

OWNER = "tuanzhou_owner"
DATABASE = "tuanzhou"
START_SECONDS = 300  # crash recovery of a large shop on a slow disk may take minutes

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "120",
    "max_locks_per_transaction": "1024",  # one migration or dump may touch every table of many schemas
    "wal_level": "logical",  # a store can be moved to another cluster by logical replication
    "recovery_init_sync_method": "syncfs",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# Commits are still written out one by one, so a killed server loses nothing; only a power failure would.
FAST = {"fsync": "off", "full_page_writes": "off"}


def dsn(ground: Ground) -> str:
    return f"postgresql://{OWNER}:{ground.password('postgres')}@/{DATABASE}?host={ground.sockets}"


def start(ground: Ground, *, fast: bool) -> None:
    data = ground.postgres_data
    if postmaster(data) is None or not _answers(ground):
        _initialize(ground)
        _check_version(data)
        _forget_dead(ground)
        _write_settings(ground, fast=fast)
        _launch(ground)


def stop(ground: Ground) -> None:
    """Fast shutdown: roll back what is open, write a checkpoint, leave. Recovery covers the ruder ways."""
    pid = postmaster(ground.postgres_data)
    if pid is not None:
        end([pid], (signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))


def _answers(ground: Ground) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(ground.sockets / ".s.PGSQL.5432"))
    except OSError:
        stop(ground)  # alive, but its socket is gone (a cleaner of /tmp): start it anew
        return False
    return True


def _initialize(ground: Ground) -> None:
    """Make the cluster and its database beside the final place and move it there whole, so it exists fully or not."""
    data, account = ground.postgres_data, ground.account
    if data.exists():
        return
    nursery = ground.home / "postgres.new"
    shutil.rmtree(nursery, ignore_errors=True)
    account.make_folder(nursery)
    word = nursery / "password"
    word.write_text(ground.password("postgres"))
    word.chmod(0o600)
    account.own(word)
    draft = nursery / "data"
    made = account.run(
        ground.programs.initdb, "-D", draft, "-U", OWNER, "--auth=scram-sha-256", f"--pwfile={word}",
        "--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions",
    )  # fmt: skip
    if made.returncode:
        raise ServiceFailed(f"PostgreSQL could not make its data folder {draft}:\n{made.stderr.strip()}")
    with (draft / "postgresql.conf").open("a") as file:
        file.write("include 'tuanzhou.conf'\n")
    (draft / "tuanzhou.conf").touch()
    account.own(draft / "tuanzhou.conf")
    made = account.run(
        ground.programs.postgres, "--single", "-D", draft, "postgres", text=f"CREATE DATABASE {DATABASE}\n"
    )
    if made.returncode or "ERROR" in made.stderr:
        raise ServiceFailed(f"PostgreSQL could not make the database {DATABASE}:\n{made.stderr.strip()}")
    os.replace(draft, data)
    shutil.rmtree(nursery)


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != "18":
        raise ServiceFailed(
            f"The data in {data} is of PostgreSQL {found}, but this version brings 18.\n"
            "Export it with the old version, or move the folder away to begin anew."
        )


def _forget_dead(ground: Ground) -> None:
    """Drop lock files whose process id now belongs to a stranger; PostgreSQL itself drops the other stale ones."""
    for lock in (ground.postgres_data / "postmaster.pid", ground.sockets / ".s.PGSQL.5432.lock"):
        pid = pid_in(lock)
        if pid is not None and alive(abs(pid)) and str(ground.postgres_data) not in command(abs(pid)):
            lock.unlink()


def _write_settings(ground: Ground, *, fast: bool) -> None:
    values = {**SETTINGS, "unix_socket_directories": f"'{ground.sockets}'", **(FAST if fast else {})}
    path = ground.postgres_data / "tuanzhou.conf"
    path.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
    ground.account.own(path)


def _launch(ground: Ground) -> None:
    data = ground.postgres_data
    log = data / "server.log"
    log.write_text("")
    ground.account.own(log)
    deadline = time.monotonic() + 20
    while True:
        done = ground.account.run(
            ground.programs.pg_ctl, "-D", data, "-l", log, "-w", "-s", "-t", str(START_SECONDS), "start"
        )
        if done.returncode == 0:
            return
        said = log.read_text(errors="replace").strip()
        if "pre-existing shared memory" not in said or time.monotonic() > deadline:
            raise ServiceFailed(f"PostgreSQL does not start:\n{said[-2000:] or done.stderr.strip()}")
        time.sleep(0.2)  # the last backends of a killed server are still leaving
