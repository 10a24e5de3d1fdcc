"""Everything a visitor takes part in, one row per order, whatever its kind keeps of it beside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app import pickups


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order's place in its campaign. What belongs to another kind than its own is empty."""

    order_id: UUID
    number: str
    status: str
    payment_status: str
    fulfillment_status: str
    total_amount: int
    paid_amount: int
    deposit_amount: int
    currency: str
    placed_at: datetime
    expires_at: datetime | None
    balance_from: datetime | None
    title: str
    image_key: str | None
    units: int
    campaign: UUID
    place: str
    sequence_number: int | None
    handed_out_at: datetime | None
    over: bool
    team: UUID | None
    team_code: str | None
    team_status: str | None
    team_reason: str | None
    completed_by: str | None
    capacity: int | None
    taken: int | None
    team_opened_at: datetime | None
    team_expires_at: datetime | None
    seat: str | None
    settled: bool
    back_amount: int
    sold: str | None
    outcome: str | None
    opens_at: datetime | None
    due_at: datetime | None
    ships_at: datetime | None
    forfeits: bool | None
    pickup: str | None
    code_round: int | None
    point: str | None
    opening_hours: str | None
    verdict: str | None

    @property
    def missing(self) -> int:
        """How many more the team needs."""
        return max((self.capacity or 0) - (self.taken or 0), 0)

    @property
    def balance_amount(self) -> int:
        return max(self.total_amount - self.deposit_amount, 0)

    @property
    def has_deposit(self) -> bool:
        return 0 < self.deposit_amount <= self.paid_amount < self.total_amount

    @property
    def code(self) -> str:
        """The pickup code, as people read it out; only of an order that waits for somebody to come."""
        waits = self.pickup in ("waiting", "arrived", "overdue") and self.place != "held"
        if not waits:
            return ""
        return pickups.codes.in_groups(pickups.codes.code_of(self.order_id, self.code_round or 0))

    def may_pay(self, at: datetime) -> bool:
        """Whether something of it can be paid now: the first payment, or a balance that is open."""
        if self.status != "placed" or self.payment_status not in ("unpaid", "partially_paid"):
            return False
        return not (self.has_deposit and self.balance_from is not None and at < self.balance_from)


# It is over when it fell away, or when nothing is outstanding: sent or picked up, and a ladder's difference paid back.
OVER = """one.status = 'released' OR placed.status <> 'placed' OR (one.status = 'confirmed'
    AND coalesce(share.status, 'settled') = 'settled' AND CASE WHEN pickup.order_id IS NOT NULL
        THEN pickup.status IN ('collected', 'canceled')
        ELSE placed.fulfillment_status IN ('fulfilled', 'delivered') OR one.handed_out_at IS NOT NULL END)"""
MINE = f"""
SELECT placed.id AS order_id, placed.number, placed.status, placed.payment_status, placed.fulfillment_status,
    placed.total_amount, placed.paid_amount, placed.deposit_amount, placed.currency, placed.placed_at,
    placed.expires_at, placed.balance_from, line.title, line.image_key, one.units, one.campaign, one.status AS place,
    one.sequence_number, one.handed_out_at, ({OVER}) AS over, team.id AS team, team.code AS team_code,
    team.status AS team_status, team.reason AS team_reason, team.completed_by, team.capacity, team.taken,
    team.opened_at AS team_opened_at, team.expires_at AS team_expires_at, seat.status AS seat,
    coalesce(share.status = 'settled', false) AS settled, coalesce(share.back_amount, 0) AS back_amount,
    sold.status AS sold, sold.outcome, sold.opens_at, sold.due_at, sold.ships_at, sold.forfeits,
    pickup.status AS pickup, pickup.code_round, point.name AS point, point.opening_hours, test.verdict
FROM orders AS placed JOIN participation AS one ON one.order_id = placed.id
JOIN order_line AS line ON line.order_id = placed.id AND line.line_number = 1
LEFT JOIN team_seat AS seat ON seat.order_id = placed.id LEFT JOIN team_group AS team ON team.id = seat.team
LEFT JOIN ladder_share AS share ON share.order_id = placed.id
LEFT JOIN presale_order AS sold ON sold.order_id = placed.id
LEFT JOIN pickup ON pickup.order_id = placed.id LEFT JOIN pickup_point AS point ON point.id = pickup.point
LEFT JOIN demand_test AS test ON test.campaign = one.campaign
WHERE placed.customer = $1 OR (placed.visitor_id = $2 AND placed.customer IS NULL)
ORDER BY over, placed.placed_at DESC, placed.id DESC LIMIT $3
"""  # noqa: S608 - constants only


async def groups_of(customer_id: UUID | None, visitor_id: UUID, limit: int = 60) -> list[GroupRow]:
    """What is under way first, then what is over; the newest in front."""
    return [GroupRow(**row) for row in await tenants.connection().fetch(MINE, customer_id, visitor_id, limit)]
