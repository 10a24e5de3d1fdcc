"""Remember how a warehouse answers, when to ask it again, and how far its news were fetched (expand).

A job that could not be begun yet is put off without losing one of its attempts: `spared` counts how often. Old code
overlooks it and only gives up earlier.
"""

SQL = """
ALTER TABLE outbox ADD COLUMN spared integer NOT NULL DEFAULT 0;

CREATE TABLE warehouse_gate (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    failures integer NOT NULL DEFAULT 0,
    shut_until timestamptz,
    CONSTRAINT there_is_one_gate_per_warehouse UNIQUE (warehouse)
);
CREATE TABLE warehouse_hour (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    hour timestamptz NOT NULL,
    answered integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    total_ms bigint NOT NULL DEFAULT 0,
    CONSTRAINT there_is_one_row_per_hour UNIQUE (warehouse, hour)
);
CREATE TABLE warehouse_cursor (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    kind text NOT NULL,
    cursor text NOT NULL DEFAULT '',
    pulled_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_cursor_per_kind UNIQUE (warehouse, kind),
    CONSTRAINT kind_is_known CHECK (kind IN ('shipments', 'stock'))
);
"""
