"""What the compliance gate asks of the store, gathered from its rooms. Not a journey of its own."""

from __future__ import annotations

import tenants
from app import payouts, promoters
from app.commissions import Facts, Good

MOST_GOODS = 5_000
# A text about commission that names refunds in one of our languages has at least one of these.
OF_REFUNDS = ("refund", "returned", "退款", "退货", "退貨")
GOODS = """
SELECT product.id AS product, variant.id AS variant, product.category, variant.cost_amount, NULL::uuid AS campaign,
    trim(product.title || ' ' || variant.title) AS title, variant.price_amount
FROM variant JOIN product ON product.id = variant.product
WHERE product.status = 'published' AND variant.active AND variant.price_amount > 0
UNION ALL
SELECT product.id, variant.id, product.category, variant.cost_amount, campaign.id,
    product.title || ' · ' || campaign.title, item.price_amount
FROM campaign_item AS item JOIN campaign ON campaign.id = item.campaign AND campaign.status IN ('scheduled', 'open')
JOIN variant ON variant.id = item.variant JOIN product ON product.id = variant.product
WHERE item.active AND item.price_amount > 0
ORDER BY title, variant LIMIT $1
"""
# Nothing is released before the customer has paid; one is too many.
UNPAID = """
SELECT count(*) FROM commission_line AS line JOIN orders ON orders.id = line.order_id
WHERE line.status IN ('available', 'reserved', 'paid') AND orders.paid_at IS NULL
"""


async def facts() -> Facts:
    """Inside an open transaction."""
    database = tenants.connection()
    written = await promoters.current_terms()
    people = await promoters.everyone("approved", most=100_000)
    return Facts(
        goods=[Good(**dict(row)) for row in await database.fetch(GOODS, MOST_GOODS)],
        levels=[level.id for level in await promoters.levels()],
        highest_own_bps=max((one.commission_bps for one in people), default=0), people=len(people),
        freeze_days=(await payouts.read_policy()).freeze_days, unpaid_released=await database.fetchval(UNPAID),
        terms_say_it=written is not None and any(word in written.body.lower() for word in OF_REFUNDS),
    )  # fmt: skip
