"""Words for accounts, events of money and tickets."""

from __future__ import annotations

from app.kernel.i18n import N_, gettext

# kind -> (name, what stands on it)
ACCOUNTS = {
    "psp_clearing": (N_("With payment providers"), N_("Received for you and not paid out to your bank yet")),
    "bank_clearing": (N_("Bank transfers and cash"), N_("Money that moved over your own bank account")),
    "merchant_sales": (N_("Sales"), N_("Goods sold, less what was given back")),
    "freight_income": (N_("Freight income"), N_("What shoppers paid for shipping")),
    "discount_given": (N_("Discounts given"), N_("Price cuts the store carries")),
    "tax_payable": (N_("Tax collected"), N_("To be handed on to the tax office")),
    "psp_fee": (N_("Payment fees"), N_("What payment providers kept")),
    "platform_fee": (N_("Platform fees"), N_("What the platform charges")),
    "commission_expense": (N_("Commission cost"), N_("What promoters earn on your sales")),
    "prize_expense": (N_("Contest prizes"), N_("What promoters won in your contests")),
    "promoter_frozen": (N_("Commission not due yet"), N_("Earned, and waiting for the end of the return period")),
    "promoter_available": (N_("Commission to withdraw"), N_("Promoters may ask for it any time")),
    "promoter_debt": (N_("Owed back by promoters"), N_("Refunded after they were paid; later earnings repay it first")),
    "payout_pending": (N_("Payouts on their way"), N_("Asked for and not confirmed yet")),
    "supplier_payable": (N_("Owed to suppliers"), N_("For goods they delivered")),
    "cost_of_goods": (N_("Cost of goods"), N_("What suppliers earn on your sales")),
    "refund_clearing": (N_("Owed back to shoppers"), N_("Money that came too late and goes back")),
    "customer_prepaid": (N_("Paid in part"), N_("Parts of orders that are not paid whole yet")),
    "withheld_tax": (N_("Tax withheld from promoters"), N_("Kept of their payouts, to be handed on to the tax office")),
    "deposit_forfeited": (N_("Deposits kept"), N_("Deposits of pre-sales whose balance was not paid")),
    "gift_card": (N_("Gift cards"), N_("What holders of gift cards can still spend")),
    "store_credit": (N_("Store credit"), N_("What customers can still spend in your store")),
}  # fmt: skip
EVENTS = {
    "sale": N_("Sale"), "refund": N_("Refund"), "late_payment": N_("Payment that came too late"),
    "late_refund": N_("Late payment given back"), "commission.accrue": N_("Commission earned"),
    "prepayment": N_("Part of an order paid"), "forfeit": N_("Deposit kept"), "gift_card.issue": N_("Gift card issued"),
    "store_credit.change": N_("Store credit changed by hand"),
    "commission.reverse": N_("Commission taken back"), "commission.settle": N_("Commission became due"),
    "payout.request": N_("Payout asked for"), "payout.paid": N_("Payout made"), "payout.back": N_("Payout came back"),
    "contest.prize": N_("Contest prize"), "contest.correct": N_("Contest prize taken back"),
    "supply.goods": N_("Goods of a supplier"), "supply.back": N_("Goods of a supplier taken back"),
    "supply.adjust": N_("Supplier's account corrected"), "supply.paid": N_("Supplier paid"),
    "debt.repay": N_("Debt repaid"), "psp_fee": N_("Payment fee"),
}  # fmt: skip


def account(kind: str) -> str:
    return gettext(ACCOUNTS[kind][0]) if kind in ACCOUNTS else kind


def explain(kind: str) -> str:
    return gettext(ACCOUNTS[kind][1]) if kind in ACCOUNTS else ""


def event(kind: str) -> str:
    return gettext(EVENTS[kind]) if kind in EVENTS else kind.replace("_", " ").replace(".", " ")
