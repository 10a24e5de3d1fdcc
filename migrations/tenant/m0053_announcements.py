"""Let merchants and hosts tell promoters something (expand)."""

SQL = """
CREATE TABLE announcement (
    id uuid PRIMARY KEY,
    author uuid REFERENCES promoter (id),
    author_name text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    audience text NOT NULL,
    kind text,
    level uuid REFERENCES promoter_level (id),
    session uuid REFERENCES live_session (id),
    mailed boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'shown',
    published_at timestamptz NOT NULL,
    edited_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT audience_is_known CHECK (audience IN ('all', 'kind', 'level', 'session')),
    CONSTRAINT audience_is_named CHECK (CASE audience WHEN 'kind' THEN kind IS NOT NULL
        WHEN 'level' THEN level IS NOT NULL WHEN 'session' THEN session IS NOT NULL ELSE true END),
    CONSTRAINT announcement_status_is_known CHECK (status IN ('shown', 'withdrawn')),
    CONSTRAINT withdrawn_has_a_time CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE INDEX announcement_newest ON announcement (published_at DESC, id DESC);

CREATE TABLE announcement_reading (
    id uuid PRIMARY KEY,
    announcement uuid NOT NULL REFERENCES announcement (id) ON DELETE CASCADE,
    promoter uuid NOT NULL REFERENCES promoter (id),
    read_at timestamptz NOT NULL,
    CONSTRAINT read_once UNIQUE (announcement, promoter)
);
"""
