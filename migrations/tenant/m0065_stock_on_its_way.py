"""Let a store expect deliveries, and say from how many units on a shelf is nearly empty (expand).

Levels made before follow the store's own line, and nothing is on its way; old code reads neither.
"""

SQL = """
ALTER TABLE stock_level
    ADD COLUMN low_at bigint,
    ADD COLUMN own_safety boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT low_line_is_not_negative CHECK (low_at >= 0);
CREATE TABLE stock_rule (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    low_at bigint NOT NULL DEFAULT 5,
    safety bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_stock_rule UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT counts_are_not_negative CHECK (low_at >= 0 AND safety >= 0)
);
CREATE TABLE stock_arrival (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    origin uuid REFERENCES warehouse (id),
    expected integer NOT NULL,
    received integer NOT NULL DEFAULT 0,
    due_on date,
    status text NOT NULL DEFAULT 'expected',
    words text NOT NULL DEFAULT '',
    actor text NOT NULL,
    about uuid,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN ('delivery', 'transfer')),
    CONSTRAINT status_is_known CHECK (status IN ('expected', 'done', 'canceled')),
    CONSTRAINT transfer_comes_from_somewhere CHECK (kind <> 'transfer' OR origin IS NOT NULL),
    CONSTRAINT units_are_sensible CHECK (expected > 0 AND received >= 0),
    CONSTRAINT what_is_over_has_a_date CHECK ((status = 'expected') = (closed_at IS NULL))
);
CREATE INDEX stock_arrival_of_level ON stock_arrival (variant, warehouse) WHERE status = 'expected';
CREATE INDEX stock_arrival_about ON stock_arrival (about) WHERE about IS NOT NULL;
"""
