"""Keep what a live session came to, as it was when its returns were over, and what changed afterwards (expand)."""

SQL = """
CREATE TABLE session_report (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES live_session (id),
    figures jsonb NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT a_session_is_settled_once UNIQUE (session)
);

CREATE TABLE session_correction (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES live_session (id),
    seq integer NOT NULL,
    gross_amount bigint NOT NULL,
    refunded_amount bigint NOT NULL,
    commission_amount bigint NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT correction_seq_is_unique UNIQUE (session, seq),
    CONSTRAINT a_correction_changes_something
        CHECK (gross_amount <> 0 OR refunded_amount <> 0 OR commission_amount <> 0)
);
"""
APPEND_ONLY = ("session_report", "session_correction")
