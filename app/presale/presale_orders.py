"""Orders of pre-sales: what was promised to each, and the moves of its life.

    deposit_pending -> deposit_paid -> balance_open -> balance_paid -> confirmed -> closed

An order that is paid in full goes from `deposit_pending` straight to `balance_paid`. `confirmed` may ship; every state
but that may end in `closed`, and `outcome` says how: `fulfilled` (the pre-sale is over), `released` (it fell away, and
the money went back) or `forfeited` (it fell away, and the deposit stayed with the store).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal

Status = Literal["deposit_pending", "deposit_paid", "balance_open", "balance_paid", "confirmed", "closed"]
MOVES: frozenset[tuple[str, str]] = frozenset({
    ("deposit_pending", "deposit_paid"), ("deposit_pending", "balance_paid"), ("deposit_paid", "balance_open"),
    ("balance_open", "balance_paid"), ("balance_paid", "confirmed"),
    ("deposit_pending", "closed"), ("deposit_paid", "closed"), ("balance_open", "closed"), ("balance_paid", "closed"),
    ("confirmed", "closed"),
})  # fmt: skip
BETWEEN: tuple[Status, ...] = ("deposit_paid", "balance_open")  # the deposit is there, the balance is not


class WrongStep(Refusal):
    """The pre-sale of this order is not where this can happen."""

    code = "presale.wrong_step"
    status = 409
    message = "This order has moved on in the meantime. Look at it again."


class PresaleOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`worth_amount` is what the deposit counts as; `excused_at` is when the store moved the day, so one may leave."""

    order_id: UUID
    campaign: UUID
    status: Status
    outcome: str
    deposit_amount: int
    worth_amount: int
    forfeits: bool
    opens_at: datetime | None
    due_at: datetime | None
    ships_at: datetime
    excused_at: datetime | None
    placed_at: datetime
    deposit_paid_at: datetime | None
    balance_opened_at: datetime | None
    reminded_at: datetime | None
    balance_paid_at: datetime | None
    confirmed_at: datetime | None
    closed_at: datetime | None

    @property
    def has_deposit(self) -> bool:
        return self.deposit_amount > 0

    @property
    def keeps_deposit(self) -> bool:
        """Whether the deposit stays with the store if the shopper leaves now, or lets the balance run out."""
        return self.forfeits and self.excused_at is None and self.status in BETWEEN

    @property
    def is_over(self) -> bool:
        """Nothing more happens to it by itself."""
        return self.status in ("confirmed", "closed")


COLUMNS = """order_id, campaign, status, outcome, deposit_amount, worth_amount, forfeits, opens_at, due_at, ships_at,
    excused_at, placed_at, deposit_paid_at, balance_opened_at, reminded_at, balance_paid_at, confirmed_at, closed_at"""
AMONG = f"SELECT {COLUMNS} FROM presale_order WHERE order_id = ANY($1::uuid[])"  # noqa: S608 - constants only
BY_ORDER = f"SELECT {COLUMNS} FROM presale_order WHERE order_id = $1"  # noqa: S608 - constants only


async def presale_of(order_id: UUID) -> PresaleOrder:
    """Raises NotFound for an order that is no pre-sale."""
    row = await tenants.connection().fetchrow(BY_ORDER, order_id)
    if row is None:
        raise NotFound
    return PresaleOrder(**row)


WRITE = """
INSERT INTO presale_order (order_id, campaign, deposit_amount, worth_amount, forfeits, opens_at, due_at, ships_at,
    placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def presales_among(order_ids: Collection[UUID]) -> dict[UUID, PresaleOrder]:
    """Those of them that are pre-sales, by order."""
    rows = await tenants.connection().fetch(AMONG, list(order_ids)) if order_ids else []
    return {row["order_id"]: PresaleOrder(**row) for row in rows}


async def write_presale(
    order_id: UUID,
    campaign: UUID,
    *,
    ships_at: datetime,
    at: datetime,
    deposit: int = 0,
    worth: int = 0,
    forfeits: bool = False,
    opens_at: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    """What an order that was just written is promised."""
    window = (opens_at, due_at) if deposit else (None, None)
    await tenants.connection().execute(
        WRITE, order_id, campaign, deposit, worth, forfeits and deposit > 0, *window, ships_at, at
    )


MOVE = """
UPDATE presale_order SET status = $2, outcome = $3,
    deposit_paid_at = CASE WHEN $2 = 'deposit_paid' THEN $4 ELSE deposit_paid_at END,
    balance_opened_at = CASE WHEN $2 = 'balance_open' THEN $4 ELSE balance_opened_at END,
    balance_paid_at = CASE WHEN $2 = 'balance_paid' THEN $4 ELSE balance_paid_at END,
    confirmed_at = CASE WHEN $2 = 'confirmed' THEN $4 ELSE confirmed_at END,
    closed_at = CASE WHEN $2 = 'closed' THEN $4 ELSE closed_at END
WHERE order_id = $1
"""


async def move(one: PresaleOrder, to: Status, *, outcome: str = "") -> bool:
    """Its order is locked. False when it is there already. Raises WrongStep when no arrow leads there."""
    if one.status == to:
        return False
    if (one.status, to) not in MOVES:
        raise WrongStep
    await tenants.connection().execute(MOVE, one.order_id, to, outcome, now())
    return True


async def give_until(order_id: UUID, due_at: datetime) -> None:
    """The balance may be paid until then."""
    await tenants.connection().execute("UPDATE presale_order SET due_at = $2 WHERE order_id = $1", order_id, due_at)


async def open_window(order_id: UUID, opens_at: datetime, due_at: datetime, *, forfeits: bool) -> None:
    """The balance can be paid between these two; `forfeits`: if it is not, the deposit is kept."""
    await tenants.connection().execute(
        "UPDATE presale_order SET opens_at = $2, due_at = $3, forfeits = $4 WHERE order_id = $1",
        order_id, opens_at, due_at, forfeits,
    )  # fmt: skip


async def note_reminder(order_id: UUID) -> None:
    await tenants.connection().execute("UPDATE presale_order SET reminded_at = $2 WHERE order_id = $1", order_id, now())


async def promise_again(order_id: UUID, ships_at: datetime, *, excused: bool) -> None:
    """Another day on which it ships; `excused`: a worse one than was promised, so the deposit is not kept any more."""
    await tenants.connection().execute(
        "UPDATE presale_order SET ships_at = $2,"
        " excused_at = CASE WHEN $3 THEN coalesce(excused_at, $4::timestamptz) ELSE excused_at END WHERE order_id = $1",
        order_id, ships_at, excused, now(),
    )  # fmt: skip


async def orders_in(campaign: UUID, *statuses: Status) -> list[UUID]:
    rows = await tenants.connection().fetch(
        "SELECT order_id FROM presale_order WHERE campaign = $1 AND status = ANY($2) ORDER BY order_id",
        campaign, list(statuses),
    )  # fmt: skip
    return [row["order_id"] for row in rows]


async def fulfill(campaign: UUID) -> None:
    """The pre-sale is over: what was confirmed is an order like any other."""
    await tenants.connection().execute(
        "UPDATE presale_order SET status = 'closed', outcome = 'fulfilled', closed_at = $2"
        " WHERE campaign = $1 AND status = 'confirmed'",
        campaign, now(),
    )  # fmt: skip


COUNT = """
SELECT status, outcome, count(*) AS orders, coalesce(sum(deposit_amount), 0)::bigint AS deposit_amount
FROM presale_order WHERE campaign = $1 GROUP BY status, outcome
"""


class StateCount(msgspec.Struct, frozen=True):
    status: str
    outcome: str
    orders: int
    deposit_amount: int


async def count_states(campaign: UUID) -> list[StateCount]:
    return [StateCount(**row) for row in await tenants.connection().fetch(COUNT, campaign)]
