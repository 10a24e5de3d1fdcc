"""Keep what every account moved until last night, so that looking at the books need not add up years (expand).

The rows are written by the nightly recomputation and are never more than an answer kept for later: without them
everything is added up as before, and old code does not know them.
"""

SQL = """
CREATE TABLE ledger_sum (
    account uuid PRIMARY KEY REFERENCES ledger_account (id),
    debited bigint NOT NULL,
    credited bigint NOT NULL,
    until uuid NOT NULL
);
"""
