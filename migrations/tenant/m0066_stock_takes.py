"""Let a store count what lies in a warehouse, look at the differences and then take them over (expand).

A line keeps what should have lain there when it was counted, so what moves before the differences are taken over is
neither lost nor counted twice.
"""

SQL = """
CREATE TABLE stock_take (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    title text NOT NULL,
    blind boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'counting',
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_by text NOT NULL DEFAULT '',
    closed_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('counting', 'applied', 'abandoned'))
);
CREATE INDEX stock_take_recent ON stock_take (opened_at DESC, id DESC);
CREATE TABLE stock_take_line (
    id uuid PRIMARY KEY,
    stock_take uuid NOT NULL REFERENCES stock_take (id) ON DELETE CASCADE,
    variant uuid NOT NULL REFERENCES variant (id),
    counted bigint,
    seen bigint,
    counted_by text NOT NULL DEFAULT '',
    counted_at timestamptz,
    applied_at timestamptz,
    CONSTRAINT take_has_a_variant_once UNIQUE (stock_take, variant),
    CONSTRAINT count_is_not_negative CHECK (counted >= 0),
    CONSTRAINT only_counts_are_applied CHECK (applied_at IS NULL OR counted IS NOT NULL)
);
"""
