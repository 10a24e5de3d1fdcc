"""Let a store owe its suppliers, state what it owes, hear disputes, and write down what it paid (expand).

The entries of a supplier add up to what the books say is owed to it. A unit is owed once and taken back once: its row
in `supply_unit` names the entry.
"""

SQL = """
CREATE TABLE supply_statement (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    supplier uuid NOT NULL REFERENCES supplier (id),
    starts_at timestamptz,
    ends_at timestamptz NOT NULL,
    currency text NOT NULL,
    opening_amount bigint NOT NULL,
    goods_amount bigint NOT NULL,
    back_amount bigint NOT NULL,
    adjustment_amount bigint NOT NULL,
    payment_amount bigint NOT NULL,
    closing_amount bigint NOT NULL,
    status text NOT NULL DEFAULT 'open',
    confirmed_by text NOT NULL DEFAULT '',
    confirmed_at timestamptz,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT supply_statement_number_is_unique UNIQUE (number),
    CONSTRAINT statement_status_is_known CHECK (status IN ('open', 'confirmed')),
    CONSTRAINT confirmed_has_a_moment CHECK ((status = 'confirmed') = (confirmed_at IS NOT NULL)),
    CONSTRAINT statement_adds_up CHECK (closing_amount
        = opening_amount + goods_amount + back_amount + adjustment_amount + payment_amount)
);
CREATE INDEX supply_statement_supplier ON supply_statement (supplier, ends_at DESC);
CREATE TABLE supply_payment (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    supplier uuid NOT NULL REFERENCES supplier (id),
    amount bigint NOT NULL,
    currency text NOT NULL,
    reference text NOT NULL,
    paid_on date NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT supply_payment_number_is_unique UNIQUE (number),
    CONSTRAINT transfer_is_written_down_once UNIQUE (supplier, reference),
    CONSTRAINT supply_payment_is_positive CHECK (amount > 0)
);
CREATE TABLE supply_entry (
    id uuid PRIMARY KEY,
    supplier uuid NOT NULL REFERENCES supplier (id),
    kind text NOT NULL,
    purchase_line uuid REFERENCES purchase_line (id),
    order_id uuid REFERENCES orders (id),
    order_line uuid REFERENCES order_line (id),
    payment uuid REFERENCES supply_payment (id),
    units integer NOT NULL DEFAULT 0,
    amount bigint NOT NULL,
    currency text NOT NULL,
    words text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    statement uuid REFERENCES supply_statement (id),
    CONSTRAINT supply_entry_kind_is_known CHECK (kind IN ('goods', 'back', 'adjustment', 'payment')),
    CONSTRAINT supply_entry_moves_something CHECK (amount <> 0),
    CONSTRAINT supply_entry_is_signed CHECK ((kind <> 'goods' OR amount > 0)
        AND (kind NOT IN ('back', 'payment') OR amount < 0)),
    CONSTRAINT payment_is_entered_once UNIQUE (payment)
);
CREATE INDEX supply_entry_supplier ON supply_entry (supplier, at DESC, id DESC);
CREATE INDEX supply_entry_unstated ON supply_entry (supplier) WHERE statement IS NULL;
ALTER TABLE supply_unit
    ADD CONSTRAINT unit_owed_by_entry FOREIGN KEY (entry) REFERENCES supply_entry (id),
    ADD CONSTRAINT unit_back_by_entry FOREIGN KEY (back_entry) REFERENCES supply_entry (id);
CREATE INDEX supply_unit_to_settle ON supply_unit (purchase_line) WHERE done_at IS NOT NULL AND entry IS NULL;
CREATE TABLE supply_dispute (
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES supply_entry (id),
    reason text NOT NULL,
    wanted_amount bigint NOT NULL,
    status text NOT NULL DEFAULT 'open',
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    answer text NOT NULL DEFAULT '',
    answered_by text NOT NULL DEFAULT '',
    answered_at timestamptz,
    adjustment uuid REFERENCES supply_entry (id),
    CONSTRAINT dispute_wants_something CHECK (wanted_amount <> 0),
    CONSTRAINT supply_dispute_status_is_known CHECK (status IN ('open', 'accepted', 'refused')),
    CONSTRAINT supply_dispute_is_answered_once CHECK ((status = 'open') = (answered_at IS NULL)),
    CONSTRAINT accepted_has_an_adjustment CHECK ((status = 'accepted') = (adjustment IS NOT NULL))
);
CREATE UNIQUE INDEX supply_dispute_open ON supply_dispute (entry) WHERE status = 'open';
"""
