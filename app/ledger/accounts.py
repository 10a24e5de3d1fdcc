"""The places money can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID, uuid5

AccountKind = Literal[
    "psp_clearing", "merchant_sales", "freight_income", "discount_given", "psp_fee", "platform_fee",
    "commission_expense", "promoter_frozen", "promoter_available", "promoter_debt", "payout_pending", "bank_clearing",
    "supplier_payable", "refund_clearing", "tax_payable", "customer_prepaid", "gift_card", "store_credit",
    "deposit_forfeited", "prize_expense", "withheld_tax", "cost_of_goods",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(AccountKind)
# Accounts of these kinds belong to somebody: a promoter, a supplier, a gift card, a customer.
OWNED = frozenset(
    {"promoter_frozen", "promoter_available", "promoter_debt", "supplier_payable", "gift_card", "store_credit"}
)
# What these hold is owed to somebody and can be taken out once: credits less debits never go below zero.
GUARDED = frozenset({"gift_card", "store_credit", "promoter_available", "payout_pending"})
# What the store has or spends grows with debits; everything else is earned or owed and grows with credits.
GROWS_WITH_DEBITS = frozenset(
    {
        "psp_clearing",
        "bank_clearing",
        "discount_given",
        "psp_fee",
        "platform_fee",
        "commission_expense",
        "prize_expense",
        "cost_of_goods",
        "promoter_debt",
    }
)
THE_STORE = UUID(int=0)
NAMES = UUID("5f0c1c1e-6d5b-5c1f-9a53-0d6a8c1e7b11")


@dataclass(frozen=True, slots=True)
class Account:
    """An account by what it is for; `owner` is the promoter or supplier it belongs to, the store itself otherwise."""

    kind: AccountKind
    owner: UUID = THE_STORE

    def __post_init__(self) -> None:
        if (self.kind in OWNED) == (self.owner == THE_STORE):
            raise ValueError(f"{self.kind} {'needs' if self.kind in OWNED else 'has no'} owner")

    def id_in(self, currency: str) -> UUID:
        """The same account has the same id in every store, so posting never has to look it up first."""
        return uuid5(NAMES, f"{self.kind}:{self.owner}:{currency}")
