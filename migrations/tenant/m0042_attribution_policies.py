"""Let a store say whose sale it is: versions of its policy, shoppers bound to a sharer, and codes of sharers (expand).

A store that saves no policy decides as before. A shopper has at most one binding at any instant: one open row at a
time, and every later row names the end of the one before it, by a foreign key, and starts no earlier.
"""

SQL = """
CREATE TABLE attribution_policy (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    rungs text[] NOT NULL,
    click_window_days integer NOT NULL DEFAULT 30,
    live_minutes integer NOT NULL DEFAULT 30,
    bind_trigger text NOT NULL DEFAULT 'click',
    eligible text NOT NULL DEFAULT 'everyone',
    snatch_policy text NOT NULL DEFAULT 'after_protection',
    protect_days integer NOT NULL DEFAULT 5,
    click_lock_days integer NOT NULL DEFAULT 5,
    order_lock_days integer NOT NULL DEFAULT 20,
    live_click_lock_days integer NOT NULL DEFAULT 10,
    live_order_lock_days integer NOT NULL DEFAULT 35,
    product_locks jsonb NOT NULL DEFAULT '{}',
    max_orders integer,
    note text NOT NULL DEFAULT '',
    changed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT version_counts_up UNIQUE (version),
    CONSTRAINT version_starts_at_one CHECK (version >= 1),
    CONSTRAINT window_is_a_window CHECK (click_window_days BETWEEN 1 AND 365 AND live_minutes BETWEEN 1 AND 1440),
    CONSTRAINT trigger_is_known CHECK (bind_trigger IN
        ('click', 'register', 'first_order', 'first_paid_order', 'admin', 'import')),
    CONSTRAINT eligible_is_known CHECK (eligible IN ('everyone', 'new_customers')),
    CONSTRAINT snatching_is_known CHECK (snatch_policy IN ('anytime', 'never', 'after_protection')),
    CONSTRAINT locks_are_days CHECK (protect_days BETWEEN 0 AND 3650 AND click_lock_days BETWEEN 1 AND 3650
        AND order_lock_days BETWEEN 1 AND 3650 AND live_click_lock_days BETWEEN 1 AND 3650
        AND live_order_lock_days BETWEEN 1 AND 3650),
    CONSTRAINT a_lock_may_end_after_orders CHECK (max_orders BETWEEN 1 AND 1000)
);

CREATE TABLE binding_subject (
    id uuid PRIMARY KEY,
    customer uuid REFERENCES customer (id),
    visitor_id uuid,
    touched_at timestamptz,
    steps integer NOT NULL DEFAULT 0,
    CONSTRAINT customer_or_browser CHECK (num_nonnulls(customer, visitor_id) = 1),
    CONSTRAINT customer_is_one_subject UNIQUE (customer),
    CONSTRAINT browser_is_one_subject UNIQUE (visitor_id)
);

CREATE TABLE binding (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL REFERENCES binding_subject (id),
    place integer NOT NULL,
    follows integer,
    free_from timestamptz,
    promoter uuid NOT NULL REFERENCES promoter (id),
    touch uuid REFERENCES touch (id),
    starts_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    protect_until timestamptz,
    orders integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    ended_because text NOT NULL DEFAULT '',
    policy_version integer NOT NULL,
    CONSTRAINT place_is_taken_once UNIQUE (subject, place),
    CONSTRAINT place_ends_once UNIQUE (subject, place, ended_at),
    CONSTRAINT follows_what_ended FOREIGN KEY (subject, follows, free_from)
        REFERENCES binding (subject, place, ended_at),
    CONSTRAINT first_follows_nothing
        CHECK ((place = 1) = (follows IS NULL) AND (follows IS NULL) = (free_from IS NULL)),
    CONSTRAINT follows_the_one_before CHECK (follows = place - 1),
    CONSTRAINT starts_after_the_one_before CHECK (starts_at >= free_from),
    CONSTRAINT ends_after_it_starts CHECK (ended_at >= starts_at AND valid_until >= starts_at),
    CONSTRAINT end_says_why CHECK ((ended_at IS NULL) = (ended_because = '')),
    CONSTRAINT end_is_known CHECK (ended_because IN
        ('', 'expired', 'snatched', 'dropped', 'changed', 'moved', 'carried', 'used_up'))
);
CREATE UNIQUE INDEX binding_open ON binding (subject) WHERE ended_at IS NULL;
CREATE INDEX binding_promoter ON binding (promoter, valid_until DESC);

CREATE TABLE binding_step (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL REFERENCES binding_subject (id),
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL DEFAULT '',
    promoter uuid REFERENCES promoter (id),
    binding uuid REFERENCES binding (id),
    touch uuid REFERENCES touch (id),
    order_id uuid REFERENCES orders (id),
    actor text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    policy_version integer NOT NULL,
    CONSTRAINT step_is_taken_once UNIQUE (subject, seq)
);
CREATE INDEX binding_step_order ON binding_step (order_id);

CREATE TABLE sharer_code (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    code text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT one_code_each UNIQUE (promoter),
    CONSTRAINT code_names_one_sharer UNIQUE (code)
);

ALTER TABLE coupon ADD COLUMN owner uuid REFERENCES promoter (id);
ALTER TABLE coupon_use ADD COLUMN owner uuid REFERENCES promoter (id);
ALTER TABLE cart ADD COLUMN sharer uuid REFERENCES promoter (id), ADD COLUMN sharer_code text NOT NULL DEFAULT '';
ALTER TABLE attribution_decision ADD COLUMN rung text NOT NULL DEFAULT '',
    ADD COLUMN policy_version integer NOT NULL DEFAULT 0;
ALTER TABLE commission_line ADD COLUMN held_because text NOT NULL DEFAULT '';
"""

APPEND_ONLY = ("attribution_policy", "binding_step")
