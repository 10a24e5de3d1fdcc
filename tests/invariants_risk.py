"""What must hold of own purchases and doubtful sales, whatever happened in between."""

from __future__ import annotations

RISK = {
    "a doubtful sale that can be withdrawn, or is due, before anybody has looked": """
        SELECT line.id, line.status FROM commission_line AS line
        JOIN risk_case ON risk_case.order_id = line.order_id AND risk_case.status = 'open'
        WHERE line.held_because = 'risk:' || risk_case.id
            AND line.status NOT IN ('estimated', 'held', 'reversed', 'canceled')""",
    "a line held for a case that is not open": """
        SELECT line.id, line.held_because FROM commission_line AS line WHERE line.held_because LIKE 'risk:%'
            AND line.status IN ('estimated', 'held') AND NOT EXISTS (SELECT 1 FROM risk_case
                WHERE 'risk:' || risk_case.id = line.held_because AND risk_case.status = 'open')""",
    "a case that waits and holds nothing": """
        SELECT risk_case.id FROM risk_case WHERE status = 'open' AND NOT EXISTS (SELECT 1 FROM commission_line AS line
            WHERE line.order_id = risk_case.order_id AND line.held_because = 'risk:' || risk_case.id
                AND line.status IN ('estimated', 'held'))
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind IN ('attribution.reverse', 'attribution.decide')
                AND outbox.status IN ('due', 'queued', 'running')
                AND outbox.payload->>'order_id' = risk_case.order_id::text)""",
    "a refused sale that still earns": """
        SELECT line.id, line.status, line.amount - line.reversed_amount AS kept FROM commission_line AS line
        JOIN risk_case ON risk_case.order_id = line.order_id AND risk_case.status = 'refused'
        WHERE line.held_because = 'risk:' || risk_case.id AND line.status NOT IN ('reversed', 'canceled')""",
    "an own purchase that earns its buyer something for selling it": """
        SELECT line.id, line.status FROM commission_line AS line JOIN LATERAL (
            SELECT outcome FROM risk_assessment AS found WHERE found.order_id = line.order_id
                AND found.promoter = line.promoter ORDER BY assessed_at DESC, id DESC LIMIT 1) AS last ON true
        WHERE last.outcome IN ('off', 'discount') AND line.role <> 'pickup'
            AND line.status NOT IN ('reversed', 'canceled')
            AND NOT EXISTS (SELECT 1 FROM attribution_move WHERE attribution_move.decision = line.decision
                AND attribution_move.to_promoter = line.promoter)""",
    "a discount in place of commission that is more than the commission, or given twice": """
        SELECT found.id, sum(refund.amount) AS given FROM risk_assessment AS found
        JOIN refund ON refund.source_id = found.id AND refund.reason = 'own_purchase'
        GROUP BY found.id HAVING sum(refund.amount) > (
            SELECT sum(amount::bigint) FROM jsonb_each_text(found.discounts) AS part (line, amount))""",
}
