"""What must hold of sales made elsewhere and their commission. Written as `tests.invariants`."""

_OWED = "('accrued', 'earned', 'frozen', 'available', 'reserved', 'paid', 'held', 'reversed')"

ELSEWHERE = {
    "commission in the books for a sale elsewhere that is not settled there": f"""
        SELECT line.id, line.status FROM commission_line AS line JOIN external_line AS sold ON sold.id
            = line.external_line AND sold.turn = line.turn
        WHERE line.status IN {_OWED} AND line.status <> 'reversed' AND sold.final_at IS NULL
            AND line.amount > line.reversed_amount""",
    "commission of a sale elsewhere that became due before its goods were received and its days were over": """
        SELECT line.id FROM commission_line AS line JOIN external_line AS sold ON sold.id = line.external_line
        WHERE line.available_at IS NOT NULL AND (sold.received_at IS NULL
            OR line.available_at < line.settle_at OR line.settle_at < sold.received_at + interval '1 day')""",
    "a sale elsewhere that pays somebody of a turn before": f"""
        SELECT line.id, line.turn, sold.turn AS now FROM commission_line AS line JOIN external_line AS sold
            ON sold.id = line.external_line
        WHERE line.turn <> sold.turn AND (line.status = 'estimated'
            OR (line.status IN {_OWED} AND line.amount <> line.reversed_amount))""",
    "commission of a sale elsewhere that is not the share of what is left of it": f"""
        SELECT line.id, line.amount - line.reversed_amount AS kept, due.amount AS due FROM commission_line AS line
        JOIN external_line AS sold ON sold.id = line.external_line AND sold.turn = line.turn
        CROSS JOIN LATERAL (SELECT CASE WHEN sold.status = 'closed' THEN 0
            ELSE sold.sale_amount - least(sold.refunded_amount, sold.sale_amount) END AS left) AS rest
        CROSS JOIN LATERAL (SELECT coalesce(div(div(line.base_amount * rest.left, nullif(sold.sale_amount, 0))
            * line.rate_bps, 10000), 0) AS amount) AS share
        CROSS JOIN LATERAL (SELECT CASE WHEN line.flat_amount = 0 THEN share.amount ELSE least(share.amount,
            line.flat_amount * coalesce(div(line.units * rest.left, nullif(sold.sale_amount, 0)), 0)) END AS amount)
            AS due
        WHERE line.status IN {_OWED} AND sold.attend_at IS NULL
            AND line.amount - line.reversed_amount <> due.amount""",
    "books of sales elsewhere that are not what their lines keep": f"""
        SELECT booked.amount, kept.amount AS kept FROM (
            SELECT coalesce(sum(CASE WHEN debit.kind = 'commission_expense' THEN leg.amount ELSE -leg.amount END), 0)
                AS amount
            FROM ledger_transfer AS leg JOIN ledger_account AS debit ON debit.id = leg.debit
            JOIN ledger_account AS credit ON credit.id = leg.credit
            JOIN ledger_transaction AS entry ON entry.id = leg.ledger_transaction
            WHERE leg.order_id IN (SELECT id FROM external_line)
                AND entry.kind IN ('commission.accrue', 'commission.reverse')
                AND 'commission_expense' IN (debit.kind, credit.kind)
        ) AS booked, (
            SELECT coalesce(sum(amount - reversed_amount), 0) AS amount FROM commission_line
            WHERE external_line IS NOT NULL AND status IN {_OWED}
        ) AS kept WHERE booked.amount <> kept.amount""",
    "a sale elsewhere that is not what its sightings add up to": """
        SELECT sold.id, sold.sightings FROM external_line AS sold WHERE sold.sightings
            <> (SELECT count(*) FROM external_sighting AS seen WHERE seen.external_line = sold.id)
            OR sold.turn <> (SELECT count(*) FROM external_decision AS made WHERE made.external_line = sold.id)""",
}
