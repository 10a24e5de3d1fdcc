"""Keep a balance row for accounts that may never be overdrawn (expand).

Filled from the transfers there are. Code before this step posts to none of these accounts, so it cannot make a row
stale while stores are upgraded one by one.
"""

SQL = """
CREATE TABLE ledger_balance (
    account uuid PRIMARY KEY REFERENCES ledger_account (id),
    amount bigint NOT NULL,
    CONSTRAINT never_overdrawn CHECK (amount >= 0)
);

INSERT INTO ledger_balance (account, amount)
SELECT account.id, sum(side.moved)
FROM ledger_account AS account JOIN (
    SELECT credit AS account, amount AS moved FROM ledger_transfer
    UNION ALL
    SELECT debit, -amount FROM ledger_transfer
) AS side ON side.account = account.id
WHERE account.kind IN ('gift_card', 'store_credit', 'promoter_available', 'payout_pending')
GROUP BY account.id;
"""
