"""Let transfers by hand be taken to the bank in one file (expand).

A payout is in at most one file; old code, which knows no files, goes on confirming one payout at a time.
"""

SQL = """
CREATE TABLE bank_file (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    payouts integer NOT NULL,
    total_amount bigint NOT NULL,
    currency text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT bank_file_number_is_unique UNIQUE (number),
    CONSTRAINT bank_file_is_not_empty CHECK (payouts > 0 AND total_amount > 0)
);
CREATE INDEX bank_file_recent ON bank_file (made_at DESC, id DESC);
ALTER TABLE payout ADD COLUMN bank_file uuid REFERENCES bank_file (id);
CREATE INDEX payout_in_file ON payout (bank_file) WHERE bank_file IS NOT NULL;
"""
