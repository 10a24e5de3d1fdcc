"""Room: double entry: accounts, transactions, transfers."""

from app.ledger.accounts import Account, AccountKind
from app.ledger.balances import Balance, TrialBalance, balances, trial_balance
from app.ledger.posting import Leg, post

__all__ = ["Account", "AccountKind", "Balance", "Leg", "TrialBalance", "balances", "post", "trial_balance"]
