"""Say how one becomes a promoter, rises, falls and is asked back (expand).

Old code writes none of it: applications wait for an answer and nobody's level moves. A version of the terms is never
changed, and neither is who accepted which.
"""

SQL = """
ALTER TABLE promoter_policy
    ADD COLUMN entry text NOT NULL DEFAULT 'apply',
    ADD COLUMN entry_net_amount bigint NOT NULL DEFAULT 0,
    ADD COLUMN level_window_days integer NOT NULL DEFAULT 90,
    ADD COLUMN levels_fall boolean NOT NULL DEFAULT true,
    ADD COLUMN most_refund_bps integer NOT NULL DEFAULT 10000,
    ADD COLUMN dormant_days integer NOT NULL DEFAULT 30,
    ADD COLUMN churned_days integer NOT NULL DEFAULT 90,
    ADD COLUMN levels_reviewed_on date,
    ADD CONSTRAINT entry_is_known CHECK (entry IN ('apply', 'everyone', 'buyers')),
    ADD CONSTRAINT entry_is_no_debt CHECK (entry_net_amount >= 0),
    ADD CONSTRAINT level_window_is_sensible CHECK (level_window_days BETWEEN 7 AND 366),
    ADD CONSTRAINT most_refund_is_a_share CHECK (most_refund_bps BETWEEN 0 AND 10000),
    ADD CONSTRAINT dormancy_comes_first CHECK (0 < dormant_days AND dormant_days < churned_days);

ALTER TABLE promoter
    ADD COLUMN level_is_fixed boolean NOT NULL DEFAULT false,
    ADD COLUMN words text NOT NULL DEFAULT '',
    ADD COLUMN asked_back_at timestamptz;

CREATE TABLE promoter_terms (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    body text NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT version_is_unique UNIQUE (version),
    CONSTRAINT version_counts_from_one CHECK (version > 0)
);

CREATE TABLE promoter_agreement (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    terms uuid NOT NULL REFERENCES promoter_terms (id),
    accepted_at timestamptz NOT NULL,
    CONSTRAINT accepted_once UNIQUE (promoter, terms)
);
"""
APPEND_ONLY = ("promoter_terms", "promoter_agreement")
