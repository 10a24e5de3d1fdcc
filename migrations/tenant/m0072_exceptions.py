"""Keep everything of shipping that a person must look at in one queue (expand).

Old code writes nothing into it; the first look by the clock finds what stood still before. `released_at` is when a work
order last became free to be pushed; rows of before have none, and count from when they were planned.
"""

SQL = """
CREATE TABLE fulfillment_exception (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    order_id uuid REFERENCES orders (id),
    fulfillment_order uuid REFERENCES fulfillment_order (id),
    fulfillment uuid REFERENCES fulfillment (id),
    warehouse uuid REFERENCES warehouse (id),
    severity text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    amount bigint NOT NULL DEFAULT 0,
    currency text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open',
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by text NOT NULL DEFAULT '',
    deed text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    CONSTRAINT exception_severity_is_known CHECK (severity IN ('warn', 'bad')),
    CONSTRAINT exception_status_is_known CHECK (status IN ('open', 'resolved')),
    CONSTRAINT exception_is_resolved_with_a_time CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT exception_risks_something_or_nothing CHECK (amount >= 0)
);
CREATE UNIQUE INDEX fulfillment_exception_open_once ON fulfillment_exception (kind, subject) WHERE status = 'open';
CREATE INDEX fulfillment_exception_dearest ON fulfillment_exception (amount DESC, id) WHERE status = 'open';
CREATE INDEX fulfillment_exception_resolved ON fulfillment_exception (resolved_at DESC, id) WHERE status = 'resolved';
CREATE INDEX fulfillment_exception_of_order ON fulfillment_exception (order_id);
CREATE INDEX fulfillment_exception_of_subject ON fulfillment_exception (subject, kind);
ALTER TABLE fulfillment_order ADD COLUMN released_at timestamptz;
"""
