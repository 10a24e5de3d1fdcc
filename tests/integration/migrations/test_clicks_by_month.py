"""A store that has clicks already takes the step that keeps them by the month."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import asyncpg
import pytest

from app.kernel.ids import new_id
from migrations import runner

CLICK = (
    "INSERT INTO click (id, link, visitor_id, clicked_at, qualifies, address_hash, agent_hash)"
    " VALUES ($1, $2, $1, now(), true, 'a', 'b') ON CONFLICT (id) DO NOTHING"
)


async def _furnish(owner: asyncpg.Connection[Any]) -> list[Any]:
    """A link, a click that was folded into a touch, and one that waits."""
    promoter, link, folded, waiting = (new_id() for _ in range(4))
    await owner.execute(
        "INSERT INTO promoter (id, login_id, name, email, kinds, status, commission_bps, applied_at)"
        " VALUES ($1, $1, 'Xiaoya', 'x@host.test', '{host}', 'approved', 1000, now())",
        promoter,
    )
    await owner.execute(
        "INSERT INTO tracked_link (id, code, promoter, kind, created_at) VALUES ($1, '0123456789', $2, 'store', now())",
        link, promoter,
    )  # fmt: skip
    for click in (folded, waiting):
        await owner.execute(CLICK, click, link)
    await owner.execute("UPDATE click SET folded_at = now(), counted = true WHERE id = $1", folded)
    await owner.execute("INSERT INTO link_visitor (link, visitor_id, first_click) VALUES ($1, $2, $2)", link, folded)
    await owner.execute(
        "INSERT INTO touch (id, visitor_id, kind, promoter, link, click, occurred_at)"
        " VALUES ($1, $2, 'link', $3, $4, $2, now())",
        new_id(), folded, promoter, link,
    )  # fmt: skip
    return [link, folded, waiting]


async def test_clicks_of_before_stay_and_old_code_goes_on(
    database_url: str, pools: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = runner.steps
    with monkeypatch.context() as before:
        older = tuple(takewhile(lambda step: step.name != "clicks_by_month", real("tenant")))
        before.setattr(runner, "steps", lambda kind: older if kind == "tenant" else real(kind))
        schema = await runner.create_schema()
    owner = await asyncpg.connect(database_url)
    await owner.execute(f'SET search_path TO "{schema}", extensions')
    link, folded, waiting = await _furnish(owner)

    async with owner.transaction():
        await runner._bring_up(owner, schema)
    await owner.execute(f'SET search_path TO "{schema}", extensions')
    for click in (folded, waiting, new_id()):
        await owner.execute(CLICK, click, link)

    assert await owner.fetchval("SELECT count(*) FROM click") == 3
    hours = await owner.fetch("SELECT raw_clicks, clicks, visitors, screened FROM link_hour")
    assert [tuple(row.values()) for row in hours] == [(1, 1, 1, 0)]
    await owner.close()
