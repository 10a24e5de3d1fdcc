"""Posting thousands of small events of one kind at once: the same rules, one statement for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.ledger.accounts import GUARDED
from app.ledger.legs import Leg

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Posting:
    """One event of a single movement."""

    source_id: UUID
    leg: Leg
    order_id: UUID | None = None


POST_MANY = """
WITH accounts AS (
    INSERT INTO ledger_account (id, kind, owner, currency)
    SELECT DISTINCT id, kind, owner, currency
    FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[]) AS known (id, kind, owner, currency)
    ORDER BY id
    ON CONFLICT DO NOTHING
), posted AS (
    INSERT INTO ledger_transaction (id, kind, source_id, at)
    SELECT id, $1, source, $2 FROM unnest($7::uuid[], $8::uuid[]) AS event (id, source) ORDER BY source
    ON CONFLICT (kind, source_id) DO NOTHING
    RETURNING id, source_id
)
INSERT INTO ledger_transfer (id, ledger_transaction, leg, debit, credit, amount, currency, order_id)
SELECT legs.id, posted.id, 1, legs.debit, legs.credit, legs.amount, legs.currency, legs.order_id
FROM posted JOIN unnest($7::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::bigint[], $13::text[], $14::uuid[])
    AS legs (event, id, debit, credit, amount, currency, order_id) ON legs.event = posted.id
RETURNING 1
"""
AMOUNTS = """
SELECT event.source_id, moved.amount, debit.kind AS debited FROM ledger_transaction AS event
JOIN ledger_transfer AS moved ON moved.ledger_transaction = event.id
JOIN ledger_account AS debit ON debit.id = moved.debit
WHERE event.kind = $1 AND event.source_id = ANY($2)
"""


async def post_many(kind: str, postings: Sequence[Posting]) -> int:
    """Write each event once; how many were new. Events of nothing are left out, accounts with a floor are refused."""
    postings = [one for one in postings if one.leg.amount]
    for one in postings:
        if one.leg.amount < 0:
            raise ValueError("a transfer moves a positive amount; turn the leg round instead")
        if {one.leg.debit.kind, one.leg.credit.kind} & GUARDED:
            raise ValueError("an account with a floor is posted to one by one")
    written = 0
    for start in range(0, len(postings), AT_ONCE):
        written += await _write(kind, postings[start : start + AT_ONCE])
    return written


async def _write(kind: str, postings: Sequence[Posting]) -> int:
    legs = [one.leg for one in postings]
    sides = list({(account, leg.currency) for leg in legs for account in (leg.debit, leg.credit)})
    rows = await tenants.connection().fetch(
        POST_MANY, kind, now(),
        [account.id_in(currency) for account, currency in sides],
        [account.kind for account, _currency in sides],
        [account.owner for account, _currency in sides],
        [currency for _account, currency in sides],
        [new_id() for _one in postings],
        [one.source_id for one in postings],
        [new_id() for _one in postings],
        [leg.debit.id_in(leg.currency) for leg in legs],
        [leg.credit.id_in(leg.currency) for leg in legs],
        [leg.amount for leg in legs],
        [leg.currency for leg in legs],
        [one.order_id for one in postings],
    )  # fmt: skip
    return len(rows)


async def debited_by(kind: str, account: str, sources: Iterable[UUID]) -> dict[UUID, int]:
    """What events of one movement put on accounts of this kind, by source; below zero when it was credited."""
    rows = await tenants.connection().fetch(AMOUNTS, kind, list(sources))
    return {row["source_id"]: row["amount"] if row["debited"] == account else -row["amount"] for row in rows}
