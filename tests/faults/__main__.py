"""The fault run: `python -m tests.faults [--control]`. Orders through HTTP while everything is killed at random.

`FAULTS_ORDERS` says how many (120), `FAULTS_SEED` repeats a run. Ends with 0 only when nothing was lost and nothing
doubled; the control, which hands jobs to arq directly after the commit, must lose some and then ends with 0 as well.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ORDERS = int(os.environ.get("FAULTS_ORDERS", "120"))
SEED = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))
PER_SECOND = float(os.environ.get("FAULTS_PER_SECOND", "8"))


def _free_port() -> int:
    """A port whose two successors are free too: the stand-ins listen there."""
    while True:
        base = 21_000 + secrets.randbelow(30_000)
        try:
            for port in (base, base + 1, base + 2):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base


def main() -> int:
    control = "--control" in sys.argv
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the `finally` blocks, and nothing behind
    var = Path(tempfile.mkdtemp(prefix="tz-faults-"))
    os.chmod(var, 0o755)  # noqa: S103 - the database runs as another user below it
    os.environ |= {
        "TUANZHOU_VAR": str(var), "TUANZHOU_PORT": str(_free_port()), "TUANZHOU_SECRET": secrets.token_hex(32),
        "TUANZHOU_DOMAIN": "localhost", "TUANZHOU_PROXIES": "127.0.0.1", "TUANZHOU_SCHEME": "http",
    }  # fmt: skip
    from infra import embedded

    services = embedded.ensure(var)
    os.environ |= {
        "DATABASE_URL": services.database_url, "PLATFORM_DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
    }  # fmt: skip
    from infra.settings import settings

    settings.cache_clear()
    kept = False
    try:
        subprocess.run([sys.executable, "-m", "manage", "migrate"], check=True, stdout=subprocess.DEVNULL)
        clean = asyncio.run(_run(var, services.database_url, control=control))
        kept = not clean
        return 0 if clean != control else 1
    finally:
        if kept and not control:
            print(f"logs are kept in {var / 'log'}")  # noqa: T201 - a command talks by printing
            embedded.stop(var)
        else:
            embedded.discard(var)
            shutil.rmtree(var, ignore_errors=True)


async def _run(var: Path, dsn: str, *, control: bool) -> bool:
    from tests.faults.fleet import Fleet
    from tests.faults.stage import open_pools, set_stage
    from tests.faults.verdict import require_invariants, settle_down

    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # its pool tells of every kill at length
    await open_pools()
    fleet = Fleet("tests.faults.direct" if control else "manage", var / "log")
    fleet.start()
    try:
        stage = await set_stage()
        began, monkey_done = time.monotonic(), await _storm(fleet, stage, var, dsn)
        loaded = time.monotonic()
        verdict = await settle_down(stage.tenant, stage.record, stage.office, within=120, hopeless_when_quiet=control)
        print(  # noqa: T201 - a command talks by printing
            f"{'control' if control else 'faults'} seed={SEED} orders={len(stage.record.orders)} paid={verdict.paid}"
            f" shipped={verdict.shipped} lost={verdict.lost} double={verdict.double} clicks={verdict.clicks}"
            f" clicks_lost={verdict.clicks_lost} unpaid={verdict.unpaid_after_paying} faults={len(monkey_done)}"
            f" load={loaded - began:.0f}s drain={time.monotonic() - loaded:.0f}s",
            flush=True,
        )
        if not control:
            await require_invariants(stage.tenant)
        return verdict.clean
    finally:
        await fleet.stop()


async def _storm(fleet: object, stage: object, var: Path, dsn: str) -> list[str]:
    from tests.faults.fleet import Fleet
    from tests.faults.monkey import Monkey
    from tests.faults.shoppers import shop_till_done
    from tests.faults.stage import Stage

    assert isinstance(fleet, Fleet)
    assert isinstance(stage, Stage)
    monkey = Monkey(fleet, var, dsn, SEED, stage.record)
    killing = asyncio.create_task(monkey.run())
    try:
        gave_up = await shop_till_done(stage.shop, ORDERS, stage.record, per_second=PER_SECOND)
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        await monkey.make_whole()
    print(f"faults: {' '.join(monkey.done)}; gave up: {gave_up}", flush=True)  # noqa: T201 - a command talks by printing
    return monkey.done


if __name__ == "__main__":
    sys.exit(main())
