"""Where the money of one order went, added up from its transfers.

What the customer paid, by whatever means, is what the merchant keeps, plus what suppliers and promoters earn, plus
fees and tax, plus what went back, plus what still waits in between. Every transfer says where it belongs by the two
accounts it names; one that fits nowhere is not guessed at, it is the difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

# What a customer pays with, and what money goes back to: from outside, and what the store keeps for its customers.
OUTSIDE, KEPT = ("psp_clearing", "bank_clearing"), ("gift_card", "store_credit")
MEANS = (*OUTSIDE, *KEPT)
FEES = frozenset({"psp_fee", "platform_fee"})
# Account kind -> the part of the order's money it belongs to. Fees and commissions are the merchant's expense.
PARTS = {
    "merchant_sales": "merchant", "freight_income": "merchant", "discount_given": "merchant",
    "commission_expense": "merchant", "psp_fee": "merchant", "platform_fee": "merchant",
    "supplier_payable": "supplier", "promoter_frozen": "promoters", "promoter_available": "promoters",
    "promoter_debt": "promoters", "payout_pending": "promoters", "tax_payable": "tax", "customer_prepaid": "waiting",
    "refund_clearing": "waiting", "deposit_forfeited": "merchant", "prize_expense": "merchant",
    "withheld_tax": "promoters", "cost_of_goods": "merchant",
}  # fmt: skip


class Moved(NamedTuple):
    """What a transfer says, or several of the same two accounts together."""

    debit: str
    credit: str
    amount: int


@dataclass(slots=True)
class OrderMoney:
    """All amounts are minor units of the order's currency.

    `merchant` is below zero when fees or commissions outweigh what is left of the sale. `sold_value` is what was put
    on gift cards and store credit for money: it is owed to its holder, not earned yet.
    """

    paid_with: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEANS, 0))
    returned_to: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEANS, 0))
    merchant: int = 0
    supplier: int = 0
    promoters: int = 0
    fees: int = 0
    tax: int = 0
    sold_value: int = 0
    waiting: int = 0

    @property
    def paid(self) -> int:
        return sum(self.paid_with.values())

    @property
    def refunded(self) -> int:
        return sum(self.returned_to.values())

    @property
    def accounted_for(self) -> int:
        kept = self.merchant + self.supplier + self.promoters + self.fees + self.tax
        return kept + self.sold_value + self.waiting + self.refunded

    @property
    def difference(self) -> int:
        """Zero: paid = merchant + supplier + promoters + fees + tax + sold value + refunds + what waits."""
        return self.paid - self.accounted_for


def add_up(transfers: Iterable[Moved]) -> OrderMoney:
    money = OrderMoney()
    for moved in transfers:
        if moved.debit in MEANS and moved.credit in MEANS:
            _exchange(money, moved)
        elif not _pays_out(moved):
            _pay(money, moved)
            _belong(money, moved.credit, moved.amount)
            _belong(money, moved.debit, -moved.amount)
    return money


def _exchange(money: OrderMoney, moved: Moved) -> None:
    """A gift card was bought, or its price given back. Between two outside accounts nothing of the order moves."""
    if moved.credit in KEPT:
        money.paid_with[moved.debit] += moved.amount
        money.sold_value += moved.amount
    elif moved.debit in KEPT:
        money.returned_to[moved.credit] += moved.amount
        money.sold_value -= moved.amount


def _pays_out(moved: Moved) -> bool:
    """Paying what somebody has earned does not change whose it was."""
    return moved.credit in MEANS and PARTS.get(moved.debit) in ("promoters", "supplier")


def _pay(money: OrderMoney, moved: Moved) -> None:
    """Money of the customer came in or went back; or a fee was taken, which is nobody's refund."""
    if moved.debit in MEANS:
        if moved.credit in FEES:
            money.fees -= moved.amount
        else:
            money.paid_with[moved.debit] += moved.amount
    elif moved.credit in MEANS:
        if moved.debit in FEES:
            money.fees += moved.amount
        else:
            money.returned_to[moved.credit] += moved.amount


def _belong(money: OrderMoney, kind: str, amount: int) -> None:
    """`amount` is what the account got: its part has that much more."""
    part = PARTS.get(kind)
    if part:
        setattr(money, part, getattr(money, part) + amount)
