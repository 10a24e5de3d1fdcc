"""Decide what becomes of goods that could not be stopped: sent back later, or paid back once they came back (expand).

One decision for each wish that failed. It waits until the goods have left, or are back, and is followed once.
"""

SQL = """
CREATE TABLE way_back (
    id uuid PRIMARY KEY,
    fulfillment_stop uuid NOT NULL REFERENCES fulfillment_stop (id) ON DELETE CASCADE,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id) ON DELETE CASCADE,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    way text NOT NULL,
    aftersale uuid REFERENCES aftersale (id) ON DELETE SET NULL,
    chosen_by text NOT NULL,
    chosen_at timestamptz NOT NULL,
    done_at timestamptz,
    CONSTRAINT way_back_is_known CHECK (way IN ('return', 'at_the_door')),
    CONSTRAINT wish_has_one_way_back UNIQUE (fulfillment_stop)
);
CREATE INDEX way_back_waiting ON way_back (order_id) WHERE done_at IS NULL;
"""
