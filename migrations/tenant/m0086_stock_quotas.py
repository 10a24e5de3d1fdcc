"""Let a store set units apart for a campaign, a host or a channel (expand).

A quota is told apart by whom it is for; its units are a loan like those of live sessions, so old code takes them for
reserved ones and leaves them alone.
"""

SQL = """
CREATE TABLE stock_quota (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject uuid NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    falls_back boolean NOT NULL DEFAULT true,
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_by text NOT NULL DEFAULT '',
    closed_at timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN ('campaign', 'promoter', 'channel'))
);
CREATE UNIQUE INDEX one_open_quota_each ON stock_quota (variant, kind, subject) WHERE closed_at IS NULL;
"""
