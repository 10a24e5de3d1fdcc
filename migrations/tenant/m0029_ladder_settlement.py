"""Settle ladders: the step a campaign ended on, written once, and what became of each of its orders (expand)."""

SQL = """
CREATE TABLE ladder_final (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id),
    final_count bigint NOT NULL,
    outcome text NOT NULL,
    prices jsonb NOT NULL,
    fixed_at timestamptz NOT NULL,
    CONSTRAINT a_campaign_ends_once UNIQUE (campaign),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('stepped', 'kept', 'failed')),
    CONSTRAINT count_is_not_negative CHECK (final_count >= 0)
);

CREATE TABLE ladder_share (
    order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    campaign uuid NOT NULL REFERENCES campaign (id),
    status text NOT NULL DEFAULT 'waiting',
    paid_amount bigint NOT NULL DEFAULT 0,
    back_amount bigint NOT NULL DEFAULT 0,
    settled_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('waiting', 'settled')),
    CONSTRAINT never_more_than_was_paid CHECK (back_amount BETWEEN 0 AND paid_amount),
    CONSTRAINT settled_says_when CHECK ((status = 'settled') = (settled_at IS NOT NULL))
);
CREATE INDEX ladder_share_campaign ON ladder_share (campaign, status);
"""

APPEND_ONLY = ("ladder_final",)
