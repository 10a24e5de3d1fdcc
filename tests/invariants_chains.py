"""What must hold of chain orders, and of goods that leaders hand out, in any store. Each finds what must not exist."""

CHAINS = {
    "a list whose numbers have a gap, or one twice, counting the orders of its copies": """
        SELECT campaign.code, campaign.last_sequence, given.numbers, given.times, given.highest FROM campaign
        JOIN LATERAL (SELECT count(DISTINCT number) AS numbers, count(number) AS times,
                coalesce(max(number), 0) AS highest FROM (SELECT own.sequence_number AS number FROM participation AS own
                    WHERE own.campaign = campaign.id
                UNION ALL SELECT helped.supply_sequence FROM participation AS helped
                    WHERE helped.supply = campaign.id) AS each) AS given ON true
        WHERE campaign.kind = 'chain_campaign' AND (given.numbers <> campaign.last_sequence
            OR given.times <> campaign.last_sequence OR given.highest <> campaign.last_sequence)""",
    "an order of a copy that does not carry both campaigns and, once it is paid, both numbers": """
        SELECT one.order_id, one.sequence_number, one.supply_sequence FROM participation AS one
        JOIN campaign ON campaign.id = one.campaign AND campaign.kind = 'chain_campaign'
        WHERE one.supply IS DISTINCT FROM campaign.supply
            OR (one.sequence_number IS NULL) <> (one.taken_at IS NULL)
            OR (one.supply_sequence IS NULL) <> (one.sequence_number IS NULL OR campaign.supply IS NULL)""",
    "a list that holds or sold other units than its orders and those of its copies": """
        SELECT campaign.code, item.variant, item.held, item.taken, sold.held AS holds, sold.taken AS took
        FROM campaign_item AS item
        JOIN campaign ON campaign.id = item.campaign AND campaign.kind = 'chain_campaign'
        JOIN LATERAL (SELECT
                coalesce(sum(line.quantity) FILTER (WHERE one.status = 'held'), 0) AS held,
                coalesce(sum(line.quantity) FILTER (WHERE one.status IN ('taken', 'confirmed')), 0) AS taken
            FROM participation AS one JOIN order_line AS line ON line.order_id = one.order_id
            WHERE line.variant = item.variant AND (one.campaign = item.campaign OR one.supply = item.campaign)
        ) AS sold ON true WHERE item.held <> sold.held OR item.taken <> sold.taken""",
    "a third level of copies": """
        SELECT copy.code FROM campaign AS copy JOIN campaign AS supply ON supply.id = copy.supply
        WHERE supply.supply IS NOT NULL""",
    "a share of helping for somebody who does not lead, or shares of one line beyond the ceiling": """
        SELECT one.order_id, sum(line.rate_bps) AS rate_bps FROM commission_line AS line
        JOIN participation AS one ON one.order_id = line.order_id
        LEFT JOIN campaign AS supply ON supply.id = one.supply
        WHERE line.rule ->> 'rule' IN ('help_sell', 'supply_leader')
        GROUP BY one.order_id, line.order_line HAVING sum(line.rate_bps) > 5000 OR bool_or(line.promoter
            IS DISTINCT FROM CASE line.rule ->> 'rule' WHEN 'help_sell' THEN one.leader ELSE supply.leader END)""",
    "an order of a copy whose commissions are not what the books took from the store for it": """
        SELECT one.order_id, owed.amount, booked.amount AS booked FROM participation AS one
        JOIN LATERAL (SELECT coalesce(sum(amount - reversed_amount), 0) AS amount FROM commission_line
            WHERE order_id = one.order_id AND status NOT IN ('estimated', 'canceled')) AS owed ON true
        JOIN LATERAL (SELECT coalesce(sum(CASE WHEN account.id = leg.debit THEN leg.amount ELSE -leg.amount END), 0)
                AS amount FROM ledger_transfer AS leg
            JOIN ledger_account AS account ON account.id IN (leg.debit, leg.credit)
                AND account.kind = 'commission_expense' WHERE leg.order_id = one.order_id) AS booked ON true
        WHERE one.supply IS NOT NULL AND owed.amount <> booked.amount""",
    "an order its leader hands out that says something else than the list of the leader": """
        SELECT orders.number, one.status, pickup.status AS pickup, one.handed_out_at FROM participation AS one
        JOIN orders ON orders.id = one.order_id
        JOIN campaign ON campaign.id = one.campaign AND campaign.kind = 'chain_campaign'
        LEFT JOIN pickup ON pickup.order_id = one.order_id
        WHERE (pickup.order_id IS NULL) <> (campaign.terms ->> 'delivery' = 'express')
            OR (one.status = 'released' AND pickup.status NOT IN ('canceled', 'collected'))
            OR (one.status <> 'released' AND pickup.status = 'canceled')
            OR (pickup.order_id IS NOT NULL AND (one.handed_out_at IS NULL) <> (pickup.status <> 'collected'))
            OR pickup.point IS NOT NULL""",
    "what a leader hands out that a warehouse was asked for, or delivered before the time to take it back was over": """
        SELECT orders.number, work.status, work.status_reason, orders.fulfillment_status FROM pickup
        JOIN orders ON orders.id = pickup.order_id JOIN fulfillment_order AS work ON work.order_id = orders.id
        WHERE pickup.point IS NULL AND (work.submitted_at IS NOT NULL AND work.status <> 'closed'
            OR (orders.fulfillment_status = 'delivered') <> (pickup.completed_at IS NOT NULL)
            OR (work.status = 'closed') <> (pickup.completed_at IS NOT NULL AND work.status <> 'canceled'))""",
}
