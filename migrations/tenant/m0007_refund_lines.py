"""Say of every refund which units of which lines it gives back, and how much of their parts (expand).

Refunds from before this step have no lines; what they gave back is told by their amount alone, and one that is still
on its way gets its lines when it arrives. `source_id` names what asked for a refund, so that it is asked for once.
"""

SQL = """
CREATE TABLE refund_line (
    id uuid PRIMARY KEY,
    refund uuid NOT NULL REFERENCES refund (id),
    order_line uuid NOT NULL REFERENCES order_line (id),
    quantity integer NOT NULL DEFAULT 0,
    released_quantity integer NOT NULL DEFAULT 0,
    restock_quantity integer NOT NULL DEFAULT 0,
    goods_amount bigint NOT NULL DEFAULT 0,
    freight_amount bigint NOT NULL DEFAULT 0,
    tax_amount bigint NOT NULL DEFAULT 0,
    CONSTRAINT refund_names_a_line_once UNIQUE (refund, order_line),
    CONSTRAINT amounts_are_not_negative CHECK (goods_amount >= 0 AND freight_amount >= 0 AND tax_amount >= 0),
    CONSTRAINT units_are_somewhere CHECK (released_quantity >= 0 AND restock_quantity >= 0
        AND released_quantity + restock_quantity <= quantity)
);
CREATE INDEX refund_line_order_line ON refund_line (order_line);
ALTER TABLE refund ADD COLUMN source_id uuid;
CREATE UNIQUE INDEX refund_source_once ON refund (source_id, payment) WHERE source_id IS NOT NULL;
"""
