"""Find out whether something is wanted: what was counted, and the verdict (expand)."""

SQL = """
CREATE TABLE demand_test (
    campaign uuid PRIMARY KEY REFERENCES campaign (id) ON DELETE CASCADE,
    extended integer NOT NULL DEFAULT 0,
    verdict text NOT NULL DEFAULT '',
    close_call boolean NOT NULL DEFAULT false,
    facts jsonb NOT NULL DEFAULT '{}',
    decided_at timestamptz,
    CONSTRAINT verdict_is_known CHECK (verdict IN ('', 'go', 'no_go', 'stopped')),
    CONSTRAINT verdict_says_when CHECK ((verdict = '') = (decided_at IS NULL))
);

CREATE TABLE demand_mark (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    kind text NOT NULL,
    mark text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('view', 'intent')),
    CONSTRAINT counted_once UNIQUE (campaign, kind, mark)
);
"""
