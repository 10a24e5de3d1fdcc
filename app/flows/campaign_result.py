"""What a campaign came to, net of refunds: counted from orders, never kept on the side. Not a journey of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants

RESULT = """
SELECT count(*) FILTER (WHERE one.taken_at IS NOT NULL) AS orders_paid,
    count(*) FILTER (WHERE one.status IN ('taken', 'confirmed')) AS orders,
    count(*) FILTER (WHERE one.status = 'held') AS orders_unpaid,
    count(*) FILTER (WHERE one.status = 'taken') AS orders_waiting,
    coalesce(sum(paid.paid_amount - paid.refunded_amount) FILTER (WHERE one.status = 'taken'), 0)::bigint
        AS waiting_amount,
    count(*) FILTER (WHERE one.status = 'released' AND one.taken_at IS NOT NULL) AS orders_fallen,
    coalesce(sum(one.units) FILTER (WHERE one.status IN ('taken', 'confirmed')), 0)::bigint AS units,
    coalesce(sum(paid.paid_amount), 0)::bigint AS paid_amount,
    coalesce(sum(paid.refunded_amount), 0)::bigint AS refunded_amount,
    coalesce(sum(paid.freight_amount) FILTER (WHERE one.status IN ('taken', 'confirmed')), 0)::bigint AS freight_amount,
    coalesce(sum(earned.amount), 0)::bigint AS commission_amount,
    coalesce(sum(settled.back_amount), 0)::bigint AS ladder_amount
FROM participation AS one JOIN orders AS paid ON paid.id = one.order_id
LEFT JOIN ladder_share AS settled ON settled.order_id = one.order_id
LEFT JOIN LATERAL (
    SELECT sum(line.amount - line.reversed_amount) AS amount FROM commission_line AS line
    WHERE line.order_id = one.order_id AND line.status NOT IN ('estimated', 'canceled')
) AS earned ON true
WHERE one.campaign = $1
"""


async def count_result(campaign_id: UUID) -> dict[str, Any]:
    """Orders, units and amounts at this moment; `net_amount` is what was paid less what went back.

    `ladder_amount`, what a ladder owes its early buyers, is a part of what went back once it is there.
    """
    found: dict[str, Any] = dict(await tenants.connection().fetchrow(RESULT, campaign_id) or {})
    return found | {"net_amount": found["paid_amount"] - found["refunded_amount"]}
