"""Keep who took which list away, and the files that are written for it in the background (expand)."""

SQL = """
CREATE TABLE leader_export (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id),
    promoter uuid REFERENCES promoter (id),
    asked_by text NOT NULL,
    kind text NOT NULL,
    personal boolean NOT NULL DEFAULT false,
    locale text NOT NULL,
    status text NOT NULL,
    row_count integer NOT NULL DEFAULT 0,
    file_key text,
    failure text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('csv', 'xlsx', 'labels')),
    CONSTRAINT status_is_known CHECK (status IN ('queued', 'ready', 'failed', 'expired')),
    CONSTRAINT a_leader_sees_no_full_phones CHECK (promoter IS NULL OR NOT personal)
);
CREATE INDEX leader_export_campaign ON leader_export (campaign, created_at DESC);
CREATE INDEX leader_export_expiry ON leader_export (expires_at) WHERE status <> 'expired';
"""
