"""Once a day everybody's level follows their own sales: up at once, down where the store says so.

One transaction for the whole store, for levels are few and sums come from the database in one statement. Sales are what
final decisions gave somebody, less what was refunded; whom somebody brought counts nothing (domain.md 3.4, CG-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import promoters
from app.flows import promoter_news
from app.kernel.clock import now
from app.promoters import Level, PromoterPolicy

RULES = "rules"
SALES = """
SELECT promoter.id, promoter.level,
    coalesce(sum(sale.base_amount - sale.refunded_amount), 0)::bigint AS net_amount,
    coalesce(sum(sale.base_amount), 0)::bigint AS gross_amount
FROM promoter LEFT JOIN attribution_decision AS sale ON sale.promoter = promoter.id AND sale.status = 'final'
    AND sale.finalized_at > $1
WHERE promoter.status = 'approved' AND NOT promoter.level_is_fixed
GROUP BY promoter.id, promoter.level ORDER BY promoter.id
"""


async def review_levels(day: date) -> int:
    """How many rose or fell. The same day again does nothing."""
    async with tenants.transaction():
        policy, ladder = await promoters.hold_policy(), await promoters.levels()
        if await promoters.reviewed_on() == day:
            return 0
        await promoters.note_review(day)
        by_id = {level.id: level for level in ladder}
        since = now() - timedelta(days=policy.level_window_days)
        moved = [await _review(row, policy, ladder, by_id) for row in await tenants.connection().fetch(SALES, since)]
        return sum(moved)


async def _review(
    sales: Mapping[str, Any], policy: PromoterPolicy, ladder: list[Level], by_id: Mapping[UUID, Level]
) -> bool:
    has, deserved = by_id.get(sales["level"]), promoters.level_for(sales["net_amount"], ladder)
    if not may_move(has, deserved, refunded_bps=_refunded_bps(sales), policy=policy):
        return False
    await promoters.set_level(
        sales["id"], deserved.id if deserved else None, actor=RULES, net_amount=sales["net_amount"]
    )  # fmt: skip
    await promoter_news.tell(
        await promoters.find(sales["id"]), "level" if deserved else "no_level", deserved.name if deserved else ""
    )
    return True


def may_move(has: Level | None, deserved: Level | None, *, refunded_bps: int, policy: PromoterPolicy) -> bool:
    """Up, unless too much came back; down, where the store lets levels fall."""
    here, there = has.rank if has else 0, deserved.rank if deserved else 0
    return (there > here and refunded_bps <= policy.most_refund_bps) or (there < here and policy.levels_fall)


def _refunded_bps(sales: Mapping[str, Any]) -> int:
    gross: int = sales["gross_amount"]
    return (gross - sales["net_amount"]) * 10_000 // gross if gross else 0
