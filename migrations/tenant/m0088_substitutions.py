"""Remember what shoppers were offered in place of goods a warehouse misses, and what they answered (expand).

Of a line of a work order at most one offer waits for an answer. Old code overlooks the table.
"""

SQL = """
CREATE TABLE substitution (
    id uuid PRIMARY KEY,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id) ON DELETE CASCADE,
    units integer NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    title text NOT NULL,
    price_amount bigint NOT NULL,
    paid_amount bigint NOT NULL,
    back_amount bigint NOT NULL,
    status text NOT NULL DEFAULT 'proposed',
    answer_until timestamptz NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    answered_by text NOT NULL DEFAULT '',
    answered_at timestamptz,
    replacement uuid REFERENCES orders (id),
    CONSTRAINT status_is_known CHECK (status IN ('proposed', 'accepted', 'declined', 'expired', 'withdrawn')),
    CONSTRAINT some_units_are_meant CHECK (units > 0),
    CONSTRAINT it_is_never_dearer CHECK (price_amount >= 0 AND back_amount BETWEEN 0 AND paid_amount),
    CONSTRAINT accepted_goods_leave CHECK ((status = 'accepted') = (replacement IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_substitution_each ON substitution (fulfillment_order, order_line)
    WHERE status = 'proposed';
"""
