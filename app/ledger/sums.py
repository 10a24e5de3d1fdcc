"""What accounts moved: kept sums of everything until last night, and the transfers since.

The nightly recomputation adds everything up anew and writes the sums over the old ones, so no error lives longer than
a day. They end some hours before it runs: a transfer's id is made a moment before its commit, and none may commit with
an id that was already summed up. Accounts without a sum are added up from the beginning.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants

MARGIN = timedelta(hours=6)  # no transaction lives for more than seconds; clocks of servers differ by less
BEGINNING = UUID(int=0)
SINCE = f"coalesce(kept.until, '{BEGINNING}')"
# Each row is read with the end of its own sum, so that a recomputation in between does no harm.
ACCOUNTS = f"""
SELECT account.id, account.kind, account.owner, account.currency,
    coalesce(kept.debited, 0) + (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_transfer
        WHERE debit = account.id AND id >= {SINCE}) AS debited,
    coalesce(kept.credited, 0) + (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_transfer
        WHERE credit = account.id AND id >= {SINCE}) AS credited
FROM ledger_account AS account LEFT JOIN ledger_sum AS kept ON kept.account = account.id
"""  # noqa: S608 - constants only
SUM_UP = """
INSERT INTO ledger_sum (account, debited, credited, until)
SELECT side.account, sum(side.debited)::bigint, sum(side.credited)::bigint, $1
FROM (
    SELECT debit AS account, amount AS debited, 0 AS credited FROM ledger_transfer WHERE id < $1
    UNION ALL
    SELECT credit, 0, amount FROM ledger_transfer WHERE id < $1
) AS side
GROUP BY side.account
ON CONFLICT (account) DO UPDATE
SET debited = excluded.debited, credited = excluded.credited, until = excluded.until
"""


async def sum_up(moment: datetime) -> None:
    """Add up everything that was posted some hours before this moment. Safe to run again, also for an earlier one."""
    await tenants.connection().execute(SUM_UP, first_id_of(moment - MARGIN))


async def summed_until() -> UUID:
    """Everything with a smaller id was looked at by the last recomputation."""
    until: UUID | None = await tenants.connection().fetchval("SELECT until FROM ledger_sum ORDER BY until LIMIT 1")
    return until or BEGINNING


def first_id_of(moment: datetime) -> UUID:
    """Ids begin with the milliseconds of their making; none that is made later is smaller than this."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
