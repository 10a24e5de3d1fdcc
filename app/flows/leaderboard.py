"""The store's leaderboard: everybody's sales of a day, week or month, net of refunds. Not a journey of its own.

Counted from the decisions whose sale each line was, by when they became final, through an index that holds all they
are asked for; only new customers are looked up order by order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import contests
from app.flows.contest_count import PAID_BEFORE
from app.kernel.clock import now
from app.kernel.formats import mask_name

MOST = 500
SUMS = """
SELECT promoter, sum(base_amount - refunded_amount)::bigint AS net_amount,
    count(DISTINCT order_id) FILTER (WHERE base_amount > refunded_amount) AS orders
FROM attribution_decision WHERE status = 'final' AND finalized_at >= $1 AND promoter IS NOT NULL GROUP BY promoter
"""
NEW = f"""
SELECT sold.promoter, count(*) AS customers FROM (
    SELECT DISTINCT promoter, order_id FROM attribution_decision
    WHERE status = 'final' AND finalized_at >= $1 AND promoter IS NOT NULL AND base_amount > refunded_amount
) AS sold JOIN orders ON orders.id = sold.order_id WHERE NOT ({PAID_BEFORE}) GROUP BY sold.promoter
"""  # noqa: S608 - constants only


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at their place; `name` is how the reader may know them."""

    promoter: UUID
    name: str
    place: int
    value: int


class Leaderboard(msgspec.Struct, frozen=True, kw_only=True):
    """The first place first. A reader who may see only themselves finds only their own row."""

    period: str
    metric: str
    since: datetime
    rows: tuple[Ranked, ...]
    people: int
    as_of: datetime

    def row_of(self, promoter: UUID) -> Ranked | None:
        return next((row for row in self.rows if row.promoter == promoter), None)

    def percent(self, row: Ranked) -> int:
        most = max((one.value for one in self.rows), default=0)
        return 100 * max(row.value, 0) // most if most > 0 else 0


def since(period: str, zone: str, moment: datetime) -> datetime:
    """The beginning of the day, of the week (Monday) or of the month by the store's clock."""
    local = moment.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "week":
        return local - timedelta(days=local.weekday())
    return local.replace(day=1) if period == "month" else local


async def leaderboard(period: str, metric: str) -> Leaderboard:
    """Everybody who sold anything, by name, as the merchant sees it. Inside an open transaction."""
    moment = now()
    start = since(period, tenants.current().time_zone, moment)
    values = await _values(metric, start)
    names = await _names(list(values))
    order = sorted(values, key=lambda one: (-values[one], names[one], one))
    rows = tuple(
        Ranked(promoter=one, name=names[one], place=place, value=values[one])
        for place, one in enumerate(order[:MOST], start=1)
    )
    return Leaderboard(period=period, metric=metric, since=start, rows=rows, people=len(order), as_of=moment)


async def seen_by(board: Leaderboard, me: UUID, shows: str) -> Leaderboard:
    """The same as the store lets its promoters see it; their own name is always their own."""
    if shows == "names":
        return board
    if shows == "nicknames":
        chosen = await contests.nicknames_of(row.promoter for row in board.rows)
        chosen |= {row.promoter: row.name for row in board.rows if row.promoter == me}
        rows = [
            msgspec.structs.replace(row, name=chosen.get(row.promoter) or mask_name(row.name)) for row in board.rows
        ]
    else:
        rows = [row for row in board.rows if row.promoter == me]
    return msgspec.structs.replace(board, rows=tuple(rows))


async def _values(metric: str, start: datetime) -> dict[UUID, int]:
    database = tenants.connection()
    if metric == "new_customers":
        return {row["promoter"]: row["customers"] for row in await database.fetch(NEW, start)}
    field = "net_amount" if metric == "net_sales" else "orders"
    found = {row["promoter"]: row[field] for row in await database.fetch(SUMS, start)}
    return {promoter: value for promoter, value in found.items() if value > 0}


async def _names(promoters: list[UUID]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch("SELECT id, name FROM promoter WHERE id = ANY($1::uuid[])", promoters)
    return {row["id"]: row["name"] for row in rows}
