"""Remember what each night's comparison of orders, warehouses and carriers found (expand).

The differences themselves are tickets; a row here is one night, for the chart beside them.
"""

SQL = """
CREATE TABLE goods_check (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    status text NOT NULL DEFAULT 'running',
    asked integer NOT NULL DEFAULT 0,
    unanswered integer NOT NULL DEFAULT 0,
    differences integer NOT NULL DEFAULT 0,
    amount bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('running', 'done')),
    CONSTRAINT day_is_compared_once UNIQUE (day)
);
"""
