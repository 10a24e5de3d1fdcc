"""Add coupons, member levels and points, and what a cart has chosen of them (expand).

Nothing is filled in: a store without levels, rules or coupons sells at its list prices, as before. Carts start without
a coupon and without points, so code that does not know these columns goes on working.
"""

SQL = """
CREATE TABLE coupon (
    id uuid PRIMARY KEY,
    code text NOT NULL DEFAULT '',
    name text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL DEFAULT 0,
    bps integer NOT NULL DEFAULT 0,
    cap_amount bigint,
    from_amount bigint NOT NULL DEFAULT 0,
    scope text NOT NULL DEFAULT 'all',
    targets uuid[] NOT NULL DEFAULT '{}',
    issue_total integer,
    per_customer_limit integer,
    starts_at timestamptz,
    ends_at timestamptz,
    valid_days integer,
    claimable boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'draft',
    issued_count integer NOT NULL DEFAULT 0,
    used_count integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('fixed', 'percent', 'threshold')),
    CONSTRAINT scope_is_known CHECK (scope IN ('all', 'collections', 'products')),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'active', 'ended')),
    CONSTRAINT takes_something_off CHECK (CASE kind WHEN 'percent' THEN bps > 0 ELSE amount > 0 END),
    CONSTRAINT rate_is_a_share CHECK (bps BETWEEN 0 AND 10000),
    CONSTRAINT threshold_has_one CHECK (kind <> 'threshold' OR from_amount > 0),
    CONSTRAINT amounts_are_not_negative CHECK (amount >= 0 AND from_amount >= 0 AND coalesce(cap_amount, 1) > 0),
    CONSTRAINT limits_are_positive
        CHECK (coalesce(issue_total, 1) > 0 AND coalesce(per_customer_limit, 1) > 0 AND coalesce(valid_days, 1) > 0),
    CONSTRAINT never_issues_more_than_there_are CHECK (issue_total IS NULL OR issued_count <= issue_total),
    CONSTRAINT counts_are_not_negative CHECK (issued_count >= 0 AND used_count >= 0),
    CONSTRAINT ends_after_it_starts CHECK (ends_at IS NULL OR starts_at IS NULL OR ends_at > starts_at)
);
CREATE UNIQUE INDEX coupon_code_is_unique ON coupon (code) WHERE code <> '';

CREATE TABLE coupon_claim (
    id uuid PRIMARY KEY,
    coupon uuid NOT NULL REFERENCES coupon (id),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    claimed_at timestamptz NOT NULL,
    expires_at timestamptz,
    coupon_use uuid,
    CONSTRAINT coupon_is_claimed_once UNIQUE (coupon, customer)
);
CREATE INDEX coupon_claim_customer ON coupon_claim (customer);

CREATE TABLE coupon_use (
    id uuid PRIMARY KEY,
    coupon uuid NOT NULL REFERENCES coupon (id),
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    customer uuid REFERENCES customer (id),
    claim uuid,
    discount_amount bigint NOT NULL,
    status text NOT NULL DEFAULT 'used',
    used_at timestamptz NOT NULL,
    returned_at timestamptz,
    CONSTRAINT one_coupon_per_order UNIQUE (order_id),
    CONSTRAINT status_is_known CHECK (status IN ('used', 'returned')),
    CONSTRAINT discount_is_not_negative CHECK (discount_amount >= 0)
);
CREATE INDEX coupon_use_coupon ON coupon_use (coupon, used_at);

CREATE TABLE coupon_person (
    id uuid PRIMARY KEY,
    coupon uuid NOT NULL REFERENCES coupon (id),
    coupon_use uuid NOT NULL REFERENCES coupon_use (id) ON DELETE CASCADE,
    person text NOT NULL,
    slot integer NOT NULL,
    CONSTRAINT slot_is_taken_once UNIQUE (coupon, person, slot)
);
CREATE INDEX coupon_person_use ON coupon_person (coupon_use);

CREATE TABLE member_level (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    threshold_amount bigint NOT NULL,
    discount_bps integer NOT NULL DEFAULT 0,
    position integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT level_name_is_unique UNIQUE (name),
    CONSTRAINT rate_is_a_share CHECK (discount_bps BETWEEN 0 AND 9000),
    CONSTRAINT threshold_is_not_negative CHECK (threshold_amount >= 0)
);

CREATE TABLE member_grant (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    level uuid NOT NULL REFERENCES member_level (id) ON DELETE CASCADE,
    until timestamptz,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    CONSTRAINT one_grant_per_customer UNIQUE (customer)
);

CREATE TABLE points_rule (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    earn_points integer NOT NULL DEFAULT 0,
    spend_points integer NOT NULL DEFAULT 0,
    max_share_bps integer NOT NULL DEFAULT 5000,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_rule UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT rates_are_not_negative CHECK (earn_points >= 0 AND spend_points >= 0),
    CONSTRAINT share_is_a_share CHECK (max_share_bps BETWEEN 0 AND 10000)
);

CREATE TABLE points_balance (
    customer uuid PRIMARY KEY REFERENCES customer (id),
    balance bigint NOT NULL DEFAULT 0,
    owed bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL,
    CONSTRAINT never_below_zero CHECK (balance >= 0 AND owed >= 0),
    CONSTRAINT owes_only_with_nothing_left CHECK (balance = 0 OR owed = 0)
);

CREATE TABLE points_entry (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id),
    order_id uuid REFERENCES orders (id),
    kind text NOT NULL,
    points bigint NOT NULL,
    source_id uuid NOT NULL,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT entry_is_written_once UNIQUE (kind, source_id),
    CONSTRAINT kind_is_known CHECK (kind IN ('earn', 'take_back', 'spend', 'return', 'expire', 'adjust')),
    CONSTRAINT moves_something CHECK (points <> 0)
);
CREATE INDEX points_entry_customer ON points_entry (customer, at DESC);
CREATE INDEX points_entry_order ON points_entry (order_id) WHERE order_id IS NOT NULL;

ALTER TABLE cart ADD COLUMN coupon uuid REFERENCES coupon (id);
ALTER TABLE cart ADD COLUMN use_points boolean NOT NULL DEFAULT false;
"""

APPEND_ONLY = ("points_entry",)
