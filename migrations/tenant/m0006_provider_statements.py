"""Keep what payment providers say about each day, and how every line compares with what was booked (expand)."""

SQL = """
CREATE TABLE psp_statement (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    day date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    source text NOT NULL,
    loaded_at timestamptz NOT NULL,
    checked_at timestamptz,
    matched integer NOT NULL DEFAULT 0,
    missing_here integer NOT NULL DEFAULT 0,
    missing_there integer NOT NULL DEFAULT 0,
    amount_differs integer NOT NULL DEFAULT 0,
    CONSTRAINT one_statement_a_day UNIQUE (provider, day),
    CONSTRAINT source_is_known CHECK (source IN ('api', 'upload')),
    CONSTRAINT day_has_a_length CHECK (ends_at > starts_at)
);
CREATE INDEX psp_statement_recent ON psp_statement (day DESC, id DESC);

CREATE TABLE psp_statement_line (
    id uuid PRIMARY KEY,
    psp_statement uuid NOT NULL REFERENCES psp_statement (id) ON DELETE CASCADE,
    number text NOT NULL,
    kind text NOT NULL,
    copy integer NOT NULL DEFAULT 1,
    provider_ref text NOT NULL DEFAULT '',
    currency text NOT NULL,
    amount bigint NOT NULL,
    fee_amount bigint NOT NULL DEFAULT 0,
    happened_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT 'unchecked',
    subject_id uuid,
    here_amount bigint,
    CONSTRAINT line_is_there_once UNIQUE (psp_statement, kind, number, copy),
    CONSTRAINT kind_is_known CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT outcome_is_known
        CHECK (outcome IN ('unchecked', 'matched', 'missing_here', 'missing_there', 'amount_differs'))
);
CREATE INDEX psp_statement_line_number ON psp_statement_line (number, kind);
CREATE INDEX payment_captured ON payment (provider, captured_at) WHERE status = 'captured';
CREATE INDEX refund_succeeded ON refund (succeeded_at) WHERE status = 'succeeded';
CREATE INDEX psp_statement_line_outcome ON psp_statement_line (psp_statement, outcome, id);
"""
