"""How a ladder ends: the count and the prices it came to, fixed once, and what became of each of its orders.

    stepped  everybody pays the price of the last step
    kept     too few came, and everybody keeps the price that was paid
    failed   too few came, and everybody is refunded

What is fixed never changes again (the table takes no updates), so a settlement that is interrupted goes on with the
same prices. Each paid order has a share: `waiting` until its difference is owed, then `settled`, in one transaction
with the refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.group_buying.items import Item
from app.group_buying.kinds import LadderTerms
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

DIFFERENCE, TOO_FEW = "ladder_difference", "too_few_came"  # reasons of its refunds
Outcome = Literal["stepped", "kept", "failed"]


class Final(msgspec.Struct, frozen=True):
    """What a ladder came to; `prices` are those of the last step, by variant."""

    campaign: UUID
    count: int
    outcome: Outcome
    prices: dict[UUID, int]
    fixed_at: datetime


class Share(msgspec.Struct, frozen=True):
    """One order's part of the settlement: what was paid for what is left of it, and what came back."""

    order_id: UUID
    campaign: UUID
    status: str
    paid_amount: int
    back_amount: int
    settled_at: datetime | None

    @property
    def is_settled(self) -> bool:
        return self.status == "settled"


class Progress(msgspec.Struct, frozen=True):
    """How far a settlement is. `done` orders have their money back, `failed` refunds are tried again."""

    orders: int = 0
    settled: int = 0
    done: int = 0
    failed: int = 0
    back_amount: int = 0


def outcome_of(terms: LadderTerms, count: int) -> Outcome:
    if count >= terms.min_count:
        return "stepped"
    return "failed" if terms.below_min == "refund" else "kept"


FIX = """
INSERT INTO ladder_final (id, campaign, final_count, outcome, prices, fixed_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (campaign) DO NOTHING
"""
OPEN_SHARES = """
INSERT INTO ladder_share (order_id, campaign)
SELECT order_id, campaign FROM participation WHERE campaign = $1 AND status IN ('taken', 'confirmed')
ON CONFLICT (order_id) DO NOTHING
"""


async def fix_final(campaign_id: UUID, count: int, outcome: Outcome, items: list[Item]) -> Final:
    """Write down what it came to, and a share for each paid order. The caller locked the campaign. Happens once."""
    prices = {str(item.variant): item.price_at(count) for item in items}
    await tenants.connection().execute(
        FIX, new_id(), campaign_id, count, outcome, msgspec.json.encode(prices).decode(), now()
    )
    await tenants.connection().execute(OPEN_SHARES, campaign_id)
    final = await final_of(campaign_id)
    if final is None:
        raise NotFound
    return final


async def final_of(campaign_id: UUID) -> Final | None:
    """None while people can still pay."""
    row = await tenants.connection().fetchrow(
        "SELECT campaign, final_count AS count, outcome, prices, fixed_at FROM ladder_final WHERE campaign = $1",
        campaign_id,
    )
    if row is None:
        return None
    return Final(**{**row, "prices": msgspec.json.decode(row["prices"], type=dict[UUID, int])})


async def share_of(order_id: UUID) -> Share | None:
    """None for an order that has no part in a ladder's settlement."""
    row = await tenants.connection().fetchrow(
        "SELECT order_id, campaign, status, paid_amount, back_amount, settled_at FROM ladder_share WHERE order_id = $1",
        order_id,
    )
    return Share(**row) if row else None


async def settle_share(order_id: UUID, *, paid: int, back: int) -> None:
    """The order's difference is owed. The caller locked the order."""
    await tenants.connection().execute(
        "UPDATE ladder_share SET status = 'settled', paid_amount = $2, back_amount = $3, settled_at = $4"
        " WHERE order_id = $1 AND status = 'waiting'",
        order_id, paid, back, now(),
    )  # fmt: skip


# Cash at the door is settled once it is there; until then only what keeps the order from being sent is done.
UNSETTLED = """
SELECT share.order_id FROM ladder_share AS share
JOIN orders ON orders.id = share.order_id JOIN participation AS one ON one.order_id = share.order_id
WHERE share.campaign = $1 AND share.status = 'waiting'
    AND ($2 OR orders.payment_status <> 'authorized' OR one.status = 'taken')
ORDER BY one.sequence_number
"""


async def unsettled_orders(campaign_id: UUID, *, at_the_door: bool = False) -> list[UUID]:
    """Orders whose share can be settled now; with `at_the_door` also those whose cash is not there yet."""
    rows = await tenants.connection().fetch(UNSETTLED, campaign_id, at_the_door)
    return [row["order_id"] for row in rows]


PROGRESS = """
SELECT count(*) AS orders, count(*) FILTER (WHERE share.status = 'settled') AS settled,
    count(*) FILTER (WHERE share.status = 'settled' AND coalesce(back.open, 0) = 0) AS done,
    count(*) FILTER (WHERE back.failed > 0) AS failed, coalesce(sum(back.amount), 0)::bigint AS back_amount
FROM ladder_share AS share LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE refund.status <> 'succeeded') AS open,
        count(*) FILTER (WHERE refund.status = 'failed') AS failed, sum(refund.amount) AS amount
    FROM refund WHERE refund.order_id = share.order_id AND refund.reason = ANY($2)
) AS back ON true
WHERE share.campaign = $1
"""


async def progress_of(campaign_id: UUID) -> Progress:
    row: Mapping[str, int] = await tenants.connection().fetchrow(PROGRESS, campaign_id, [DIFFERENCE, TOO_FEW]) or {}
    return Progress(**row)
