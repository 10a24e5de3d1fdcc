"""What must hold of goods that were offered in place of missing ones."""

from __future__ import annotations

SUBSTITUTIONS = {
    "other goods whose difference is not what went back, or money back without a yes": """
        SELECT one.id, one.status, one.back_amount, coalesce(back.amount, 0) AS back FROM substitution AS one
        LEFT JOIN LATERAL (SELECT sum(refund.amount) AS amount FROM refund
            WHERE refund.source_id = one.id AND refund.reason = 'substituted') AS back ON true
        WHERE coalesce(back.amount, 0) <> CASE WHEN one.status = 'accepted' THEN one.back_amount ELSE 0 END""",
    "other goods that were sent and paid back as missing": """
        SELECT one.id FROM substitution AS one JOIN refund ON refund.source_id = one.id
        WHERE one.status = 'accepted' AND refund.reason = 'short_pick'""",
    "other goods that cost more than was paid": """
        SELECT id FROM substitution WHERE price_amount * units > paid_amount""",
    "a replacement of missing goods that costs something or holds other units": """
        SELECT sent.number FROM substitution AS one JOIN orders AS sent ON sent.id = one.replacement
        JOIN order_line AS line ON line.order_id = sent.id
        WHERE sent.total_amount <> 0 OR line.variant <> one.variant OR line.quantity <> one.units""",
}
