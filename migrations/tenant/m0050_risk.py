"""Look at sales that may be the promoter's own: what counts as theirs, what was found, and cases to review (expand).

Old code writes none of it: there are no versions, so a store keeps what it had, and no case is opened. What identifies
a person is kept as a keyed digest. `payer_mark` is such a digest too, of the name the provider told for who paid.
"""

SQL = """
ALTER TABLE payment ADD COLUMN payer_mark text NOT NULL DEFAULT '';
CREATE INDEX orders_email ON orders (lower(email)) WHERE email <> '';

CREATE TABLE risk_policy (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    self_purchase text NOT NULL,
    hold_from_score integer NOT NULL,
    review_days integer NOT NULL,
    note text NOT NULL DEFAULT '',
    changed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT risk_version_counts_up UNIQUE (version),
    CONSTRAINT version_counts_from_one CHECK (version > 0),
    CONSTRAINT self_purchase_is_known CHECK (self_purchase IN ('off', 'discount', 'commission')),
    CONSTRAINT score_is_sensible CHECK (hold_from_score BETWEEN 20 AND 200),
    CONSTRAINT review_is_sensible CHECK (review_days BETWEEN 1 AND 30)
);

CREATE TABLE risk_trait (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    kind text NOT NULL,
    digest bytea NOT NULL,
    hint text NOT NULL DEFAULT '',
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT trait_is_known_once UNIQUE (promoter, kind, digest),
    CONSTRAINT kind_is_known CHECK (kind IN ('account', 'email', 'phone', 'address', 'device', 'payer'))
);

CREATE TABLE risk_print (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    kind text NOT NULL,
    digest bytea NOT NULL,
    buyer bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT order_leaves_a_print_once UNIQUE (order_id, kind, digest)
);
CREATE INDEX risk_print_same ON risk_print (kind, digest, seen_at DESC);

CREATE TABLE risk_assessment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    moment text NOT NULL,
    outcome text NOT NULL,
    score integer NOT NULL,
    hold_from_score integer NOT NULL,
    reasons jsonb NOT NULL DEFAULT '[]',
    discounts jsonb NOT NULL DEFAULT '{}',
    policy_version integer NOT NULL,
    assessed_at timestamptz NOT NULL,
    CONSTRAINT moment_is_known CHECK (moment IN ('placed', 'paid')),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('clean', 'held', 'off', 'discount', 'commission')),
    CONSTRAINT score_is_no_credit CHECK (score >= 0)
);
CREATE INDEX risk_assessment_order ON risk_assessment (order_id, assessed_at);
CREATE INDEX risk_assessment_own ON risk_assessment (assessed_at DESC)
    WHERE outcome IN ('off', 'discount', 'commission');

CREATE TABLE risk_case (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    assessment uuid NOT NULL REFERENCES risk_assessment (id),
    status text NOT NULL DEFAULT 'open',
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    words text NOT NULL DEFAULT '',
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    CONSTRAINT one_case_for_an_order UNIQUE (order_id),
    CONSTRAINT status_is_known CHECK (status IN ('open', 'released', 'refused', 'ended')),
    CONSTRAINT decision_says_when CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE INDEX risk_case_open ON risk_case (due_at) WHERE status = 'open';

CREATE TABLE risk_note (
    id uuid PRIMARY KEY,
    risk_case uuid NOT NULL REFERENCES risk_case (id),
    words text NOT NULL,
    written_by text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX risk_note_case ON risk_note (risk_case, at);
"""
APPEND_ONLY = ("risk_policy", "risk_assessment", "risk_note")
