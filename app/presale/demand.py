"""What a demand test counts: looks at its page, people who said that they want it, and what was decided.

Marks are keyed hashes that say nothing about anybody: of a look one for each session (or browser) and day, of a wish
one for each session. Those of looks are thrown away with the verdict; their number stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.presale.verdicts import Finding


class Counted(msgspec.Struct, frozen=True):
    views: int = 0
    intents: int = 0
    deposits: int = 0


class DemandTest(msgspec.Struct, frozen=True, kw_only=True):
    """`verdict` is empty while it runs; `close_call` when the interval still held the target and time was up."""

    campaign: UUID
    extended: int = 0
    counted: Counted = Counted()
    verdict: Literal["", "go", "no_go", "stopped"] = ""
    close_call: bool = False
    finding: Finding | None = None
    decided_at: datetime | None = None


async def mark(campaign: UUID, kind: Literal["view", "intent"], key: str) -> bool:
    """False when it was counted before."""
    return bool(
        await tenants.connection().fetchval(
            "INSERT INTO demand_mark (id, campaign, kind, mark, at) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (campaign, kind, mark) DO NOTHING RETURNING true",
            new_id(), campaign, kind, key, now(),
        )
    )  # fmt: skip


async def is_marked(campaign: UUID, kind: Literal["view", "intent"], key: str) -> bool:
    return bool(
        await tenants.connection().fetchval(
            "SELECT true FROM demand_mark WHERE campaign = $1 AND kind = $2 AND mark = $3", campaign, kind, key
        )
    )


COUNT = """
SELECT count(*) FILTER (WHERE kind = 'view') AS views, count(*) FILTER (WHERE kind = 'intent') AS intents
FROM demand_mark WHERE campaign = $1
"""


async def count_marks(campaign: UUID) -> Counted:
    row = await tenants.connection().fetchrow(COUNT, campaign)
    return Counted(row["views"], row["intents"]) if row else Counted()


async def test_of(campaign: UUID) -> DemandTest:
    """As far as anything was decided about it."""
    row = await tenants.connection().fetchrow(
        "SELECT extended, verdict, close_call, facts, decided_at FROM demand_test WHERE campaign = $1", campaign
    )
    if row is None:
        return DemandTest(campaign=campaign)
    facts = msgspec.json.decode(row["facts"], type=_Facts)
    return DemandTest(
        campaign=campaign, extended=row["extended"], verdict=row["verdict"], close_call=row["close_call"],
        counted=facts.counted, finding=facts.finding, decided_at=row["decided_at"],
    )  # fmt: skip


class _Facts(msgspec.Struct, frozen=True):
    counted: Counted = Counted()
    finding: Finding | None = None


async def note_extension(campaign: UUID) -> None:
    await tenants.connection().execute(
        "INSERT INTO demand_test (campaign, extended) VALUES ($1, 1)"
        " ON CONFLICT (campaign) DO UPDATE SET extended = demand_test.extended + 1",
        campaign,
    )


DECIDE = """
INSERT INTO demand_test AS test (campaign, verdict, close_call, facts, decided_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (campaign) DO UPDATE SET verdict = EXCLUDED.verdict, close_call = EXCLUDED.close_call,
    facts = EXCLUDED.facts, decided_at = EXCLUDED.decided_at WHERE test.verdict = ''
RETURNING true
"""


async def decide(test: DemandTest) -> bool:
    """Write the verdict down, once, and throw the marks of looks away. False when there is one already."""
    facts = msgspec.json.encode(_Facts(test.counted, test.finding)).decode()
    database = tenants.connection()
    first = await database.fetchval(DECIDE, test.campaign, test.verdict, test.close_call, facts, now())
    if first:
        await database.execute("DELETE FROM demand_mark WHERE campaign = $1 AND kind = 'view'", test.campaign)
    return bool(first)
