"""Find customers who could recommend: what they agreed to, how they score, and who was asked (expand).

Old code asks nobody. What somebody said about being written to is never changed, only followed by what they said later.
"""

SQL = """
CREATE TABLE customer_consent (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id),
    given boolean NOT NULL,
    how text NOT NULL,
    said_at timestamptz NOT NULL,
    CONSTRAINT how_is_known CHECK (how IN ('account', 'invitation'))
);
CREATE INDEX customer_consent_newest ON customer_consent (customer, said_at DESC);

CREATE TABLE koc_score (
    customer uuid PRIMARY KEY REFERENCES customer (id),
    score integer NOT NULL,
    orders integer NOT NULL,
    friends integer NOT NULL,
    stayed integer NOT NULL,
    refund_bps integer NOT NULL,
    lately boolean NOT NULL,
    net_amount bigint NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT counts_are_not_negative CHECK (orders >= 0 AND friends >= 0 AND stayed >= 0 AND refund_bps >= 0)
);
CREATE INDEX koc_score_best ON koc_score (score DESC);

CREATE TABLE koc_invitation (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id),
    status text NOT NULL DEFAULT 'sent',
    score integer NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('sent', 'accepted', 'declined', 'opted_out')),
    CONSTRAINT answers_have_a_moment CHECK ((status = 'sent') = (answered_at IS NULL))
);
CREATE INDEX koc_invitation_of ON koc_invitation (customer, invited_at DESC);
"""
APPEND_ONLY = ("customer_consent",)
