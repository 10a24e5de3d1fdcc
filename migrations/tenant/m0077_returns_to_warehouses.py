"""Remember which warehouse was told that goods come back, and under which number (expand)."""

SQL = """
CREATE TABLE warehouse_return (
    id uuid PRIMARY KEY,
    aftersale uuid NOT NULL REFERENCES aftersale (id) ON DELETE CASCADE,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    reference text NOT NULL,
    order_reference text NOT NULL,
    warehouse_ref text NOT NULL DEFAULT '',
    announced_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT aftersale_comes_back_to_one_warehouse UNIQUE (aftersale),
    CONSTRAINT return_reference_is_unique UNIQUE (reference)
);
"""
