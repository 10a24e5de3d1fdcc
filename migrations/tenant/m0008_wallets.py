"""Keep gift cards and store credit (expand).

What a card or a customer holds is an account of the ledger; these rows say whose it is and why. Codes are kept only as
a digest. `into_wallet` says of a refund that its money did not go back the way it came, but became store credit.
"""

SQL = """
CREATE TABLE gift_card (
    id uuid PRIMARY KEY,
    code_hash bytea NOT NULL,
    last4 text NOT NULL,
    initial_amount bigint NOT NULL,
    currency text NOT NULL,
    origin text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    batch uuid NOT NULL,
    email text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    expires_at timestamptz,
    issued_by text NOT NULL DEFAULT '',
    issued_at timestamptz NOT NULL,
    CONSTRAINT gift_card_code_is_unique UNIQUE (code_hash),
    CONSTRAINT origin_is_known CHECK (origin IN ('sold', 'promotional')),
    CONSTRAINT status_is_known CHECK (status IN ('active', 'disabled')),
    CONSTRAINT amount_is_positive CHECK (initial_amount > 0)
);
CREATE INDEX gift_card_recent ON gift_card (issued_at DESC, id DESC);

CREATE TABLE credit_change (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id),
    amount bigint NOT NULL,
    currency text NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT changes_something CHECK (amount <> 0)
);
CREATE INDEX credit_change_customer ON credit_change (customer, changed_at DESC);

ALTER TABLE refund ADD COLUMN into_wallet text NOT NULL DEFAULT '';
ALTER TABLE refund ADD CONSTRAINT into_wallet_is_known CHECK (into_wallet IN ('', 'store_credit'));
"""

APPEND_ONLY = ("credit_change",)
