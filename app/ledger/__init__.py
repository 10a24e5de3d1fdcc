"""Room: double entry: accounts, transactions, transfers, guarded balances."""

from app.ledger.accounts import Account, AccountKind
from app.ledger.balances import Balance, Misstated, TrialBalance, balance_of, balances, misstated, trial_balance
from app.ledger.guarding import InsufficientBalance
from app.ledger.legs import Leg
from app.ledger.posting import post

__all__ = [
    "Account", "AccountKind", "Balance", "InsufficientBalance", "Leg", "Misstated", "TrialBalance", "balance_of",
    "balances", "misstated", "post", "trial_balance",
]  # fmt: skip
