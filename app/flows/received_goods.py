"""Whether the customer has the goods, and whether they or their money are on the way back: pieces of SQL, no journeys.

They ask about `orders` and, of a line, about `line.order_line`.
"""

OPEN_CASE = """EXISTS (SELECT 1 FROM aftersale_line AS wish JOIN aftersale ON aftersale.id = wish.aftersale
    WHERE wish.order_line = line.order_line AND aftersale.closed_at IS NULL)"""
ON_ITS_WAY_BACK = """EXISTS (SELECT 1 FROM refund WHERE refund.order_id = orders.id
    AND refund.status <> 'succeeded' AND refund.reason <> 'late_payment')"""
# When the customer had everything; $1 is now, $2 how many days after shipping we believe it without a report.
RECEIVED = """CASE
    WHEN NOT EXISTS (SELECT 1 FROM order_line AS sold WHERE sold.order_id = orders.id AND sold.requires_shipping)
        THEN orders.paid_at
    WHEN EXISTS (SELECT 1 FROM pickup WHERE pickup.order_id = orders.id) THEN (SELECT pickup.collected_at
        FROM pickup WHERE pickup.order_id = orders.id AND pickup.collected_at + interval '10 minutes' <= $1)
    WHEN orders.fulfillment_status = 'delivered' THEN (SELECT max(coalesce(delivered_at, updated_at))
        FROM fulfillment WHERE fulfillment.order_id = orders.id AND status <> 'canceled')
    WHEN orders.fulfillment_status = 'fulfilled' THEN (SELECT max(shipped_at) + make_interval(days => $2)
        FROM fulfillment WHERE fulfillment.order_id = orders.id AND status <> 'canceled') END"""
