"""The transfers of one order, as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.ledger.order_money import Moved


class Transfer(msgspec.Struct, frozen=True):
    """One movement with both its accounts and the event it belongs to."""

    id: UUID
    kind: str
    at: datetime
    debit: UUID
    debit_kind: str
    debit_owner: UUID
    credit: UUID
    credit_kind: str
    credit_owner: UUID
    amount: int
    currency: str
    source_id: UUID

    @property
    def moved(self) -> Moved:
        return Moved(self.debit_kind, self.credit_kind, self.amount)


OF_ORDER = """
SELECT moved.id, event.kind, event.at, moved.debit, debit.kind AS debit_kind, debit.owner AS debit_owner,
    moved.credit, credit.kind AS credit_kind, credit.owner AS credit_owner, moved.amount, moved.currency,
    event.source_id
FROM ledger_transfer AS moved JOIN ledger_transaction AS event ON event.id = moved.ledger_transaction
JOIN ledger_account AS debit ON debit.id = moved.debit JOIN ledger_account AS credit ON credit.id = moved.credit
WHERE moved.order_id = $1 ORDER BY event.at, event.id, moved.leg
"""


ABOUT = OF_ORDER.replace("moved.order_id = $1", "event.source_id = $1 AND event.kind = ANY($2)")


async def transfers_about(source_id: UUID, kinds: Sequence[str]) -> list[Transfer]:
    """Everything these kinds of events posted about one thing, the first event first."""
    return [Transfer(**row) for row in await tenants.connection().fetch(ABOUT, source_id, list(kinds))]


async def transfers_of(order_id: UUID) -> list[Transfer]:
    """Everything that was posted for this order, the first event first."""
    return [Transfer(**row) for row in await tenants.connection().fetch(OF_ORDER, order_id)]
