"""Let a decision be disputed, moved with a reason, and tried again under another policy (expand).

A move is written once and never changed; the receipt stays as it was made. The `plan` of a replay is a commission plan,
kept by its id alone, because a draft that was tried may be thrown away.
"""

SQL = """
CREATE TABLE attribution_dispute (
    id uuid PRIMARY KEY,
    decision uuid NOT NULL REFERENCES attribution_decision (id),
    promoter uuid REFERENCES promoter (id),
    opened_by text NOT NULL,
    words text NOT NULL,
    status text NOT NULL DEFAULT 'open',
    answer text NOT NULL DEFAULT '',
    answered_by text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('open', 'kept', 'moved')),
    CONSTRAINT answer_says_when CHECK ((status = 'open') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX attribution_dispute_open ON attribution_dispute (decision) WHERE status = 'open';
CREATE INDEX attribution_dispute_recent ON attribution_dispute (opened_at DESC);

CREATE TABLE attribution_move (
    id uuid PRIMARY KEY,
    decision uuid NOT NULL REFERENCES attribution_decision (id),
    from_promoter uuid REFERENCES promoter (id),
    to_promoter uuid REFERENCES promoter (id),
    reason text NOT NULL,
    moved_by text NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT moves_to_somebody_else CHECK (from_promoter IS DISTINCT FROM to_promoter)
);
CREATE INDEX attribution_move_decision ON attribution_move (decision, moved_at);

CREATE TABLE attribution_replay (
    id uuid PRIMARY KEY,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    policy jsonb NOT NULL,
    plan uuid,
    status text NOT NULL DEFAULT 'queued',
    done integer NOT NULL DEFAULT 0,
    total integer NOT NULL DEFAULT 0,
    last_order uuid,
    result jsonb NOT NULL DEFAULT '{}',
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT ends_after_it_starts CHECK (ends_at > starts_at),
    CONSTRAINT status_is_known CHECK (status IN ('queued', 'running', 'ready'))
);
CREATE INDEX attribution_replay_recent ON attribution_replay (asked_at DESC);
"""

APPEND_ONLY = ("attribution_move",)
