"""Sell before it is there: an order may be paid by a deposit first and its balance later (expand).

`orders.deposit_amount` is what the first payment asks for (nothing for plain orders), `balance_from` the moment from
which the rest can be paid. What was promised to whoever ordered stands in `presale_order`, whatever the campaign says
later.
"""

SQL = """
ALTER TABLE orders ADD COLUMN deposit_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN balance_from timestamptz;
ALTER TABLE orders ADD CONSTRAINT deposit_is_a_part CHECK (deposit_amount >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT deposit_is_a_part;

CREATE TABLE presale_order (
    order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    campaign uuid NOT NULL REFERENCES campaign (id),
    status text NOT NULL DEFAULT 'deposit_pending',
    outcome text NOT NULL DEFAULT '',
    deposit_amount bigint NOT NULL DEFAULT 0,
    worth_amount bigint NOT NULL DEFAULT 0,
    forfeits boolean NOT NULL DEFAULT false,
    opens_at timestamptz,
    due_at timestamptz,
    ships_at timestamptz NOT NULL,
    excused_at timestamptz,
    placed_at timestamptz NOT NULL,
    deposit_paid_at timestamptz,
    balance_opened_at timestamptz,
    reminded_at timestamptz,
    balance_paid_at timestamptz,
    confirmed_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('deposit_pending', 'deposit_paid', 'balance_open', 'balance_paid',
        'confirmed', 'closed')),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('', 'fulfilled', 'released', 'forfeited')),
    CONSTRAINT closed_says_how CHECK ((status = 'closed') = (outcome <> '')),
    CONSTRAINT amounts_are_not_negative CHECK (deposit_amount >= 0 AND worth_amount >= deposit_amount),
    CONSTRAINT deposit_has_a_window CHECK (deposit_amount = 0 OR (opens_at IS NOT NULL AND due_at > opens_at))
);
CREATE INDEX presale_order_campaign ON presale_order (campaign, status);
CREATE INDEX presale_order_waiting ON presale_order (status, due_at) WHERE status NOT IN ('confirmed', 'closed');
"""
