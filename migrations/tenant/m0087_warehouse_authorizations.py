"""Let a merchant authorize us on the vendor's own page, and renew that in time (expand).

A state is kept as its digest, and a code sealed until a worker has exchanged it; the tokens are sealed in the row of
the warehouse. `attempt` is whoever exchanges or renews now, until `taken_until`. `broken`: the vendor renews no more.
Tokens of before were typed by hand, have no row here, and go on as they are.
"""

SQL = """
CREATE TABLE warehouse_authorization (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    state_digest text NOT NULL DEFAULT '',
    state_until timestamptz,
    code_sealed text NOT NULL DEFAULT '',
    attempt uuid,
    taken_until timestamptz,
    renew_asked boolean NOT NULL DEFAULT false,
    broken boolean NOT NULL DEFAULT false,
    granted_at timestamptz,
    valid_until timestamptz,
    trouble text NOT NULL DEFAULT '',
    CONSTRAINT there_is_one_authorization_per_warehouse UNIQUE (warehouse),
    CONSTRAINT authorization_is_granted_until_when CHECK ((granted_at IS NULL) = (valid_until IS NULL))
);
"""
