"""Let a store order from its suppliers what its shoppers have paid for (expand).

One row of `supply_unit` is one unit of one order line that was ordered from a supplier; a unit is ordered once at a
time, whatever happens at the same moment. What a purchase order said in each version is kept, so that anybody sees what
changed.
"""

SQL = """
CREATE TABLE supply_setting (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    daily_at text NOT NULL DEFAULT '',
    last_run_on date,
    updated_at timestamptz NOT NULL,
    CONSTRAINT supply_has_one_setting UNIQUE (only_one),
    CONSTRAINT there_is_only_one CHECK (only_one),
    CONSTRAINT daily_at_is_a_time CHECK (daily_at = '' OR daily_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
);
CREATE TABLE supply_batch (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    campaign uuid REFERENCES campaign (id),
    cut_off_at timestamptz NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT supply_batch_number_is_unique UNIQUE (number)
);
CREATE INDEX supply_batch_recent ON supply_batch (made_at DESC, id DESC);
CREATE TABLE purchase_order (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    supplier uuid NOT NULL REFERENCES supplier (id),
    batch uuid NOT NULL REFERENCES supply_batch (id),
    supplements uuid REFERENCES purchase_order (id),
    version integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'sent',
    currency text NOT NULL,
    total_amount bigint NOT NULL DEFAULT 0,
    words text NOT NULL DEFAULT '',
    sent_at timestamptz NOT NULL,
    answered_at timestamptz,
    answered_by text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    CONSTRAINT purchase_number_is_unique UNIQUE (number),
    CONSTRAINT purchase_status_is_known CHECK (status IN ('sent', 'accepted', 'refused', 'canceled', 'closed')),
    CONSTRAINT purchase_total_is_not_negative CHECK (total_amount >= 0),
    CONSTRAINT answer_has_a_moment CHECK ((status IN ('sent', 'canceled')) OR answered_at IS NOT NULL)
);
CREATE UNIQUE INDEX purchase_one_open ON purchase_order (batch, supplier) WHERE status = 'sent';
CREATE INDEX purchase_of_supplier ON purchase_order (supplier, sent_at DESC, id DESC);
CREATE INDEX purchase_recent ON purchase_order (sent_at DESC, id DESC);
CREATE TABLE purchase_line (
    id uuid PRIMARY KEY,
    purchase_order uuid NOT NULL REFERENCES purchase_order (id),
    variant uuid NOT NULL REFERENCES variant (id),
    title text NOT NULL,
    sku text NOT NULL DEFAULT '',
    supplier_sku text NOT NULL DEFAULT '',
    drop_ship boolean NOT NULL,
    cost_amount bigint NOT NULL,
    quantity integer NOT NULL,
    accepted_quantity integer,
    CONSTRAINT goods_are_ordered_in_one_line UNIQUE (purchase_order, variant, drop_ship),
    CONSTRAINT purchase_counts_make_sense
        CHECK (quantity >= 0 AND cost_amount >= 0 AND (accepted_quantity IS NULL OR accepted_quantity >= 0))
);
CREATE TABLE supply_unit (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    order_line uuid NOT NULL REFERENCES order_line (id),
    unit integer NOT NULL,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    purchase_line uuid NOT NULL REFERENCES purchase_line (id),
    destination_kind text NOT NULL,
    destination uuid NOT NULL,
    asked_back boolean NOT NULL DEFAULT false,
    done_at timestamptz,
    entry uuid,
    back_entry uuid,
    CONSTRAINT unit_is_ordered_once UNIQUE (order_line, unit),
    CONSTRAINT unit_counts_from_one CHECK (unit > 0),
    CONSTRAINT destination_is_known CHECK (destination_kind IN ('shopper', 'point', 'leader', 'warehouse')),
    CONSTRAINT what_is_owed_was_done CHECK (entry IS NULL OR done_at IS NOT NULL),
    CONSTRAINT what_went_back_was_owed CHECK (back_entry IS NULL OR entry IS NOT NULL)
);
CREATE INDEX supply_unit_line ON supply_unit (purchase_line);
CREATE INDEX supply_unit_order ON supply_unit (order_id);
CREATE TABLE purchase_version (
    id uuid PRIMARY KEY,
    purchase_order uuid NOT NULL REFERENCES purchase_order (id),
    version integer NOT NULL,
    cause text NOT NULL,
    content jsonb NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT version_is_written_once UNIQUE (purchase_order, version),
    CONSTRAINT version_cause_is_known CHECK (cause IN ('made', 'recomputed', 'answered', 'called_off'))
);
CREATE TABLE purchase_change (
    id uuid PRIMARY KEY,
    purchase_line uuid NOT NULL REFERENCES purchase_line (id),
    quantity integer NOT NULL,
    status text NOT NULL DEFAULT 'asked',
    words text NOT NULL DEFAULT '',
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    answered_by text NOT NULL DEFAULT '',
    answered_at timestamptz,
    CONSTRAINT change_is_about_something CHECK (quantity > 0),
    CONSTRAINT change_status_is_known CHECK (status IN ('asked', 'agreed', 'declined')),
    CONSTRAINT change_is_answered_once CHECK ((status = 'asked') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX purchase_change_open ON purchase_change (purchase_line) WHERE status = 'asked';
CREATE TABLE purchase_receipt (
    id uuid PRIMARY KEY,
    purchase_line uuid NOT NULL REFERENCES purchase_line (id),
    quantity integer NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT receipt_is_about_something CHECK (quantity > 0)
);
CREATE INDEX purchase_receipt_line ON purchase_receipt (purchase_line);
"""

APPEND_ONLY = ("purchase_version", "purchase_receipt")
