"""Show work orders as batches, promise when they leave, and let a store or a person decide when they go (expand).

A store without a row of terms promises what the code promises and pushes by itself, as before. `let_out` is a person's
word that a work order may go; where a store pushes by itself nobody needs it. A warehouse may get several work orders
of one order, each under a reference of its own. A stop is a wish to take back what a warehouse has, with what shall
follow.
"""

SQL = """
CREATE TABLE fulfillment_batch (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    place integer NOT NULL,
    sort text NOT NULL,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    campaign uuid REFERENCES campaign (id),
    leader uuid REFERENCES promoter (id),
    title text NOT NULL DEFAULT '',
    image_key text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT batch_has_a_place_of_its_own UNIQUE (day, place),
    CONSTRAINT batch_is_opened_once_a_day UNIQUE (day, sort),
    CONSTRAINT batch_counts_from_one CHECK (place > 0)
);

CREATE TABLE shipping_terms (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    release text NOT NULL DEFAULT 'automatic',
    hours integer NOT NULL DEFAULT 48,
    cutoff_minute integer NOT NULL DEFAULT 1020,
    weekends boolean NOT NULL DEFAULT true,
    holidays date[] NOT NULL DEFAULT '{}',
    warn_hours integer NOT NULL DEFAULT 4,
    changed_by text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    CONSTRAINT there_are_terms_once UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT release_is_known CHECK (release IN ('automatic', 'manual')),
    CONSTRAINT hours_are_sensible CHECK (hours BETWEEN 1 AND 720 AND warn_hours BETWEEN 0 AND 72),
    CONSTRAINT cutoff_is_in_a_day CHECK (cutoff_minute BETWEEN 0 AND 1440)
);

ALTER TABLE fulfillment_order
    ADD COLUMN batch uuid REFERENCES fulfillment_batch (id),
    ADD COLUMN ship_by timestamptz,
    ADD COLUMN let_out boolean NOT NULL DEFAULT false,
    ADD COLUMN stopping_at timestamptz,
    DROP CONSTRAINT IF EXISTS one_per_order_and_warehouse;
CREATE INDEX fulfillment_order_batch ON fulfillment_order (batch);
CREATE INDEX fulfillment_order_unarranged ON fulfillment_order (created_at) WHERE batch IS NULL OR ship_by IS NULL;
CREATE INDEX fulfillment_order_due ON fulfillment_order (ship_by) WHERE status NOT IN ('closed', 'canceled');
CREATE INDEX fulfillment_order_with_order ON fulfillment_order (order_id);

CREATE TABLE fulfillment_stop (
    id uuid PRIMARY KEY,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id),
    purpose text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'asked',
    outcome text NOT NULL DEFAULT '',
    settled_at timestamptz,
    CONSTRAINT purpose_is_known CHECK (purpose IN ('cancel', 'address', 'move', 'hold')),
    CONSTRAINT status_is_known CHECK (status IN ('asked', 'stopped', 'failed')),
    CONSTRAINT settled_says_when CHECK ((status = 'asked') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX fulfillment_stop_asked_once ON fulfillment_stop (fulfillment_order) WHERE status = 'asked';
"""
