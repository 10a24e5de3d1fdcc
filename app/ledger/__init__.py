"""Room: double entry: accounts, transactions, transfers."""
