"""What the page of one tracked link reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants
from app.kernel.errors import NotFound

_LINK = """
SELECT l.id, l.code, l.label, l.status, l.created_at, l.promoter, l.channel, p.name AS promoter_name,
    c.name AS channel_name, coalesce(m.title, g.title, '') AS shown, s.title AS show_title,
    t.clicks, t.raw_clicks, t.visitors, t.orders, t.paid_orders,
    (t.gmv_amount - t.refunded_amount) AS net_amount, t.commission_amount
FROM tracked_link l JOIN link_tally t ON t.link = l.id LEFT JOIN promoter p ON p.id = l.promoter
LEFT JOIN channel c ON c.id = l.channel LEFT JOIN product g ON g.id = l.product
LEFT JOIN campaign m ON m.id = l.campaign LEFT JOIN live_session s ON s.id = l.live_session WHERE l.id = $1
"""


async def link_row(link_id: UUID) -> Mapping[str, Any]:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(_LINK, link_id)
    if row is None:
        raise NotFound
    return dict(row)
