"""Room: double entry: accounts, transactions, transfers, guarded balances, statements."""

from app.ledger.accounts import Account, AccountKind
from app.ledger.balances import (
    Balance,
    Misstated,
    TrialBalance,
    balance_of,
    balances,
    misstated,
    trial_balance,
    trial_since,
)
from app.ledger.bulk import Posting, debited_by, post_many
from app.ledger.checks import BookCheck, last_check, record_check
from app.ledger.guarding import InsufficientBalance
from app.ledger.legs import Leg
from app.ledger.order_money import Moved, OrderMoney, add_up
from app.ledger.posting import post, posting
from app.ledger.statements import (
    AccountSum,
    Entry,
    KindSum,
    accounts_of,
    accounts_of_kind,
    find_account,
    kinds,
    statement,
)
from app.ledger.sums import sum_up
from app.ledger.transfers import Transfer, transfers_about, transfers_of

__all__ = [
    "Account", "AccountKind", "AccountSum", "Balance", "BookCheck", "Entry", "InsufficientBalance", "KindSum", "Leg",
    "Misstated", "Moved", "OrderMoney", "Posting", "Transfer", "TrialBalance", "accounts_of", "accounts_of_kind",
    "add_up", "balance_of", "balances", "debited_by", "find_account", "kinds", "last_check", "misstated", "post",
    "post_many", "posting", "record_check", "statement", "sum_up", "transfers_about", "transfers_of", "trial_balance",
    "trial_since",
]  # fmt: skip
