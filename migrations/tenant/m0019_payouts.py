"""Let commissions become due and be paid out (expand).

A commission line remembers when its goods were received and when it may be withdrawn; old code never reads either. A
payout is one wish of one promoter with its history. The store's terms are one row, or the defaults.
"""

SQL = """
ALTER TABLE commission_line ADD COLUMN earned_at timestamptz;
ALTER TABLE commission_line ADD COLUMN settle_at timestamptz;
ALTER TABLE commission_line ADD COLUMN available_at timestamptz;
CREATE INDEX commission_line_unsettled ON commission_line (order_id) WHERE status IN ('accrued', 'earned', 'frozen');
CREATE INDEX commission_line_settled ON commission_line (promoter, available_at, id)
    WHERE status IN ('available', 'reserved');

CREATE TABLE payout (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    promoter uuid NOT NULL REFERENCES promoter (id),
    way text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    payee_name text NOT NULL DEFAULT '',
    payee_sealed text NOT NULL DEFAULT '',
    payee_hint text NOT NULL DEFAULT '',
    provider_ref text NOT NULL DEFAULT '',
    confirm jsonb NOT NULL DEFAULT '{}',
    failure text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    event_seq integer NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    decided_at timestamptz,
    sent_at timestamptz,
    confirm_until timestamptz,
    asked_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payout_number_is_unique UNIQUE (number),
    CONSTRAINT payout_is_positive CHECK (amount > 0),
    CONSTRAINT status_is_known CHECK (status IN ('requested', 'approved', 'submitting', 'awaiting_confirmation',
        'succeeded', 'failed', 'expired', 'rejected', 'unknown')),
    CONSTRAINT what_is_over_has_a_time
        CHECK ((status IN ('succeeded', 'failed', 'expired', 'rejected')) = (finished_at IS NOT NULL))
);
CREATE INDEX payout_recent ON payout (requested_at DESC, id DESC);
CREATE INDEX payout_by_status ON payout (status, requested_at DESC, id DESC);
CREATE INDEX payout_of_promoter ON payout (promoter, requested_at DESC, id DESC);

CREATE TABLE payout_event (
    id uuid PRIMARY KEY,
    payout uuid NOT NULL REFERENCES payout (id),
    seq integer NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    cause text NOT NULL,
    actor text NOT NULL,
    words text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT payout_seq_is_unique UNIQUE (payout, seq)
);

CREATE TABLE payout_policy (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    freeze_days integer NOT NULL DEFAULT 15,
    received_after_days integer NOT NULL DEFAULT 10,
    threshold_amount bigint NOT NULL DEFAULT 100,
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_payout_policy UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT freeze_days_are_sensible CHECK (freeze_days BETWEEN 0 AND 365),
    CONSTRAINT received_after_days_are_sensible CHECK (received_after_days BETWEEN 1 AND 365),
    CONSTRAINT threshold_is_positive CHECK (threshold_amount > 0)
);
"""

APPEND_ONLY = ("payout_event",)
