"""Say what is kept back, who is asked for the password, and what is withheld of a payout (expand).

Old code writes none of it: nothing is kept back or withheld, and an account counts as known from its first payout on.
What is kept back of a commission, and until when, is written on its line when it becomes available, so that other terms
change no date a promoter was told.
"""

SQL = """
ALTER TABLE payout_policy
    ADD COLUMN step_up_amount bigint NOT NULL DEFAULT 100000,
    ADD COLUMN cooling_hours integer NOT NULL DEFAULT 24,
    ADD COLUMN reserve_bps integer NOT NULL DEFAULT 0,
    ADD COLUMN reserve_days integer NOT NULL DEFAULT 30,
    ADD COLUMN withholding_bps integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT step_up_is_no_debt CHECK (step_up_amount >= 0),
    ADD CONSTRAINT cooling_is_sensible CHECK (cooling_hours BETWEEN 0 AND 336),
    ADD CONSTRAINT reserve_is_a_share CHECK (reserve_bps BETWEEN 0 AND 10000),
    ADD CONSTRAINT reserve_days_are_sensible CHECK (reserve_days BETWEEN 1 AND 365),
    ADD CONSTRAINT withholding_is_a_part CHECK (withholding_bps BETWEEN 0 AND 5000);

ALTER TABLE payout
    ADD COLUMN withheld_amount bigint NOT NULL DEFAULT 0,
    ADD COLUMN not_before timestamptz,
    ADD CONSTRAINT something_is_left CHECK (withheld_amount >= 0 AND withheld_amount < amount);
CREATE INDEX payout_finished ON payout (finished_at) WHERE status = 'succeeded';

ALTER TABLE commission_line
    ADD COLUMN reserve_bps integer NOT NULL DEFAULT 0,
    ADD COLUMN reserve_until timestamptz,
    ADD CONSTRAINT reserve_has_an_end CHECK (reserve_bps = 0 OR reserve_until IS NOT NULL);
CREATE INDEX commission_line_kept_back ON commission_line (promoter, reserve_until) WHERE reserve_bps > 0;

CREATE TABLE payout_account (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    way text NOT NULL,
    fingerprint text NOT NULL,
    hint text NOT NULL,
    added_at timestamptz NOT NULL,
    usable_from timestamptz NOT NULL,
    CONSTRAINT account_is_known_once UNIQUE (promoter, way, fingerprint),
    CONSTRAINT usable_afterwards CHECK (usable_from >= added_at)
);
"""
