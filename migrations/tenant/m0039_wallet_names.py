"""Know shoppers by the name a wallet's mini-program has for them (expand).

Nobody has one yet, and code that knows none signs shoppers in by e-mail as before.
"""

SQL = """
CREATE TABLE wallet_name (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    app_id text NOT NULL,
    payer_id text NOT NULL,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    named_at timestamptz NOT NULL,
    CONSTRAINT name_is_one_persons UNIQUE (app_id, payer_id),
    CONSTRAINT one_name_for_each_app UNIQUE (customer, app_id)
);
"""
