"""Keep a queue of differences and alerts that a person has to look at (expand)."""

SQL = """
CREATE TABLE ticket (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    currency text NOT NULL DEFAULT '',
    amount bigint NOT NULL DEFAULT 0,
    details jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'open',
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    CONSTRAINT status_is_known CHECK (status IN ('open', 'resolved')),
    CONSTRAINT resolved_has_a_time CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX ticket_open_once ON ticket (kind, subject) WHERE status = 'open';
CREATE INDEX ticket_recent ON ticket (opened_at DESC, id DESC);
CREATE INDEX ticket_open ON ticket (opened_at DESC, id DESC) WHERE status = 'open';
"""
