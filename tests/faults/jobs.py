"""A store's jobs, done one after the other in this process: no relay, no Valkey, nothing that runs by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tenants
from workers.registry import HANDLERS
from workers.runner import run_job

ENDLESS = ("attribution.fold_clicks",)  # posts itself again


async def work(*elsewhere: str, rounds: int = 40) -> None:
    """Until none is due; failing ones are put off by themselves. `elsewhere`: kinds nobody does here."""
    for _ in range(rounds):
        due = [row for row in await _jobs("status = 'due' AND run_at <= now()") if not _is(row["kind"], elsewhere)]
        if not due:
            return
        for row in due:
            await run_job({"handlers": HANDLERS}, str(tenants.current().id), str(row["id"]), row["attempts"])


async def make_everything_due(*, except_kind: str = "") -> None:
    """As if the time of every waiting job had come, and every lease had run out.

    A job that died after it had asked for itself again is done, as the sweeper would say.
    """
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'done', lease_until = NULL WHERE status = 'running' AND EXISTS (SELECT 1"
            " FROM outbox AS twin WHERE twin.dedupe_key = outbox.dedupe_key AND twin.status IN ('due', 'queued'))"
        )
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'due', lease_until = NULL, run_at = now() - interval '1 second'"
            " WHERE status IN ('due', 'queued', 'running') AND kind <> $1",
            except_kind,
        )


async def undone(*elsewhere: str) -> list[str]:
    """What is left, which nothing should be."""
    return [
        f"job left: {row['kind']} {row['status']} {row['last_error']}"
        for row in await _jobs("status <> 'done'")
        if not _is(row["kind"], (*elsewhere, *ENDLESS))
    ]


async def _jobs(where: str) -> list[Any]:
    async with tenants.transaction():
        return list(
            await tenants.connection().fetch(
                f"SELECT id, kind, status, attempts, last_error FROM outbox WHERE {where} ORDER BY run_at, id"
            )
        )


def _is(kind: str, names: Sequence[str]) -> bool:
    """A name that ends with a dot is the beginning of many."""
    return any(kind == name or (name.endswith(".") and kind.startswith(name)) for name in names)
