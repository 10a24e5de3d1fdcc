"""What must hold of live sessions after anything whatsoever: gifts, loans of stock, and what hosts share."""

SHOWS = {
    "a gift given more or less often than its orders say": """
        SELECT gift.id, gift.given, gift.quota FROM live_gift AS gift WHERE gift.given > gift.quota
            OR gift.given <> (SELECT coalesce(sum(units), 0) FROM live_gift_order
                WHERE live_gift_order.gift = gift.id AND status = 'given')""",
    "a gift line that costs something, earns somebody something, or is not what was given": """
        SELECT line.order_id, line.line_number FROM order_line AS line
        LEFT JOIN live_gift_order AS given ON given.gift = line.gift AND given.order_id = line.order_id
        WHERE line.gift IS NOT NULL AND (line.unit_amount + line.goods_amount + line.freight_amount > 0
            OR line.tax_amount > 0
            OR line.quantity IS DISTINCT FROM given.units
            OR EXISTS (SELECT 1 FROM commission_line WHERE commission_line.order_line = line.id))""",
    "a gift kept by an order that came to nothing": """
        SELECT orders.number FROM orders JOIN live_gift_order AS given ON given.order_id = orders.id
        WHERE given.status = 'given' AND orders.status IN ('expired', 'canceled')""",
    "stock lent to a slot that is over": """
        SELECT loan.id, loan.left_over FROM stock_loan AS loan JOIN live_slot AS slot ON slot.campaign = loan.source_id
        WHERE loan.status = 'open' AND slot.status IN ('done', 'canceled')""",
    "hosts of a session who share more than the whole": """
        SELECT session, sum(share_bps) FROM live_host WHERE status IN ('invited', 'accepted')
        GROUP BY session HAVING sum(share_bps) > 10000""",
}
