"""Let a store write its commission down as plans: versions with rules, in force from a date (expand).

A commission line may be a fee for each unit now, which its percentage limits, and may be earned by somebody above the
seller. Lines of old code have no fee and mean what they meant. A plan can be tried on past orders before it counts.
"""

SQL = """
CREATE TABLE commission_plan (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    name text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft',
    valid_from timestamptz,
    retired_at timestamptz,
    cap_bps integer NOT NULL,
    channel text NOT NULL DEFAULT 'own',
    guard_refuses boolean NOT NULL DEFAULT true,
    cost_bps integer NOT NULL DEFAULT 0,
    freight_amount bigint NOT NULL DEFAULT 0,
    fee_bps integer NOT NULL DEFAULT 0,
    coupon_bps integer NOT NULL DEFAULT 0,
    declared text[] NOT NULL DEFAULT '{}',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_by text NOT NULL DEFAULT '',
    published_at timestamptz,
    CONSTRAINT plan_version_is_unique UNIQUE (version),
    CONSTRAINT version_is_counted CHECK (version > 0),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'published', 'retired')),
    CONSTRAINT counts_from_a_date CHECK (status = 'draft' OR (valid_from IS NOT NULL AND published_at IS NOT NULL)),
    CONSTRAINT retired_at_a_time CHECK ((status = 'retired') = (retired_at IS NOT NULL)),
    CONSTRAINT cap_is_a_share CHECK (cap_bps BETWEEN 0 AND 5000),
    CONSTRAINT channel_is_known CHECK (channel IN ('own', 'wechat')),
    CONSTRAINT guard_counts_shares CHECK (cost_bps BETWEEN 0 AND 10000 AND fee_bps BETWEEN 0 AND 10000
        AND coupon_bps BETWEEN 0 AND 10000 AND freight_amount >= 0)
);
CREATE UNIQUE INDEX commission_plan_draft ON commission_plan (status) WHERE status = 'draft';
CREATE TABLE commission_rule (
    id uuid PRIMARY KEY,
    plan uuid NOT NULL REFERENCES commission_plan (id) ON DELETE CASCADE,
    position integer NOT NULL,
    name text NOT NULL DEFAULT '',
    scope text NOT NULL DEFAULT 'tenant',
    target text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 0,
    shape text NOT NULL DEFAULT 'parallel',
    depth integer NOT NULL DEFAULT 1,
    rates integer[] NOT NULL DEFAULT '{}',
    fees bigint[] NOT NULL DEFAULT '{}',
    by_level jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    CONSTRAINT scope_is_known CHECK (scope IN
        ('campaign', 'variant', 'product', 'category', 'promoter_level', 'tenant')),
    CONSTRAINT scope_names_a_target CHECK ((scope = 'tenant') = (target = '')),
    CONSTRAINT shape_is_known CHECK (shape IN ('parallel', 'differential', 'cascade', 'flat')),
    CONSTRAINT never_deeper_than_three CHECK (depth BETWEEN 1 AND 3),
    CONSTRAINT rates_are_shares CHECK (0 <= ALL (rates) AND 10000 >= ALL (rates)),
    CONSTRAINT fees_are_amounts CHECK (0 <= ALL (fees)),
    CONSTRAINT every_level_is_said CHECK (CASE shape WHEN 'flat' THEN cardinality(fees) = depth
        WHEN 'differential' THEN cardinality(rates) = 1 ELSE cardinality(rates) = depth END)
);
CREATE INDEX commission_rule_plan ON commission_rule (plan, position);
CREATE TABLE plan_simulation (
    id uuid PRIMARY KEY,
    plan uuid NOT NULL REFERENCES commission_plan (id) ON DELETE CASCADE,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'waiting',
    done_orders integer NOT NULL DEFAULT 0,
    all_orders integer NOT NULL DEFAULT 0,
    last_order uuid,
    result jsonb NOT NULL DEFAULT '{}',
    failure text NOT NULL DEFAULT '',
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('waiting', 'running', 'done', 'failed')),
    CONSTRAINT time_has_a_length CHECK (until_at > from_at)
);
CREATE INDEX plan_simulation_plan ON plan_simulation (plan, asked_at DESC);

ALTER TABLE commission_line ADD COLUMN flat_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE commission_line ADD COLUMN units integer NOT NULL DEFAULT 0;
ALTER TABLE commission_line ADD CONSTRAINT share_or_fee_is_floored CHECK (flat_amount >= 0 AND units >= 0
    AND amount = CASE WHEN flat_amount = 0 THEN base_amount * rate_bps / 10000
        ELSE least(flat_amount * units, base_amount * rate_bps / 10000) END) NOT VALID;
ALTER TABLE commission_line VALIDATE CONSTRAINT share_or_fee_is_floored;
ALTER TABLE commission_line DROP CONSTRAINT share_is_floored;
ALTER TABLE commission_line ADD CONSTRAINT role_says_whose_work CHECK (role IN ('promotion', 'upline', 'pickup'))
    NOT VALID;
ALTER TABLE commission_line VALIDATE CONSTRAINT role_says_whose_work;
ALTER TABLE commission_line DROP CONSTRAINT role_is_known;
"""
