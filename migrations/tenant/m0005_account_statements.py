"""Read an account's movements newest first without sorting them, and remember each recomputation (expand).

The two wider indexes serve what the two old ones served.
"""

SQL = """
CREATE INDEX ledger_transfer_debit_recent ON ledger_transfer (debit, id);
CREATE INDEX ledger_transfer_credit_recent ON ledger_transfer (credit, id);
DROP INDEX ledger_transfer_debit;
DROP INDEX ledger_transfer_credit;
CREATE INDEX ledger_account_owner ON ledger_account (owner, kind, currency);

CREATE TABLE book_check (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    finished_at timestamptz NOT NULL,
    figures jsonb NOT NULL DEFAULT '{}',
    differences integer NOT NULL,
    CONSTRAINT one_per_day UNIQUE (day),
    CONSTRAINT differences_are_counted CHECK (differences >= 0)
);
"""
