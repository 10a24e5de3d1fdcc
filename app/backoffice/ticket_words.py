"""What a ticket says in words, and where its subject is to be found."""

from __future__ import annotations

from app.backoffice import history
from app.kernel.i18n import N_, gettext
from app.tickets import Ticket

# kind -> (what is wrong, what to do about it)
KINDS = {
    "books.balance": (N_("A kept balance is not the sum of its movements"), N_("Tell the platform's staff")),
    "books.trial": (N_("Debits and credits are not equal"), N_("Tell the platform's staff")),
    "stock.reserved": (N_("Held stock is not what open orders hold"), N_("Tell the platform's staff")),
    "stock.on_hand": (N_("Stock on hand is not the sum of its movements"), N_("Tell the platform's staff")),
    "stock.allocated": (N_("Stock tied to orders is not what paid orders own"), N_("Tell the platform's staff")),
    "order.paid": (N_("Paid amount and payments differ"), N_("Compare with your payment provider")),
    "order.refunded": (N_("Refunded amount and refunds differ"), N_("Compare with your payment provider")),
    "order.money": (N_("The books of an order do not fit its payments"), N_("Look at where the money went")),
    "commission.share": (
        N_("A commission is not its share of what is left of the sale"), N_("Tell the platform's staff")
    ),
    "commission.books": (N_("Commissions of an order and the books differ"), N_("Look at where the money went")),
    "promoter.frozen": (
        N_("A promoter's commission that is not due differs from the books"), N_("Tell the platform's staff")
    ),
    "promoter.settled": (
        N_("A promoter's settled commission differs from the books"), N_("Tell the platform's staff")
    ),
    "contest.prizes": (N_("A contest prize differs from the books"), N_("Tell the platform's staff")),
    "contest.corrections": (
        N_("What was taken back of a prize differs from the books"), N_("Tell the platform's staff")
    ),
    "payout.pending": (N_("Payouts on their way differ from the books"), N_("Tell the platform's staff")),
    "payout.books": (N_("A payout and the books differ"), N_("Look at the payout's history")),
    "supplier.books": (N_("A supplier's account and the books differ"), N_("Look at the supplier's account")),
    "commissions.compliance": (
        N_("The commission plan no longer passes the compliance check"), N_("Open the plan and read why")
    ),
    "parcel.units": (N_("More was shipped than ordered"), N_("Ask the warehouse")),
    "parcel.unpaid": (N_("An unpaid order was shipped"), N_("Ask the warehouse")),
    "parcel.stock": (N_("Shipped units and stock differ"), N_("Count the stock")),
    "statement.missing_here": (
        N_("The provider names money we do not know"), N_("Look it up at the provider; give it back if nobody bought")
    ),
    "statement.missing_there": (
        N_("Money we booked is not on the provider's statement"), N_("Ask the provider with its number")
    ),
    "statement.amount_differs": (
        N_("The provider's amount is another one"), N_("Ask the provider with its number")
    ),
    "webhook.quarantined": (
        N_("A provider's notice contradicts what we know"), N_("Look at the notice; nothing was moved because of it")
    ),
}  # fmt: skip


def title(kind: str) -> str:
    return gettext(KINDS[kind][0]) if kind in KINDS else kind.replace("_", " ").replace(".", " · ")


def advice(kind: str) -> str:
    return gettext(KINDS[kind][1]) if kind in KINDS else ""


def place(ticket: Ticket) -> str:
    """The page of the subject, built from what the details name; empty when there is none."""
    known = ticket.details
    if ticket.kind == "webhook.quarantined":
        return "/connections/notices"
    if known.get("statement"):
        return f"/books/statements/{known['statement']}?outcome={ticket.kind.rpartition('.')[2]}"
    if known.get("order"):
        return f"/orders/{known['order']}/money" if _about_money(ticket.kind) else f"/orders/{known['order']}"
    if ticket.kind == "payout.books":
        return f"/payouts/{ticket.subject}"
    if ticket.kind.startswith("promoter."):
        return f"/promoters/{ticket.subject}"
    if known.get("plan"):
        return f"/commission-plans/{known['plan']}"
    if known.get("account"):
        return f"/books/accounts/{known['account']}"
    if known.get("product"):
        return f"/products/{known['product']}"
    return "/connections" if known.get("provider") else ""


def _about_money(kind: str) -> bool:
    return kind in ("order.money", "commission.books", "order.paid", "order.refunded")


def subject(ticket: Ticket) -> str:
    """What it is about, as a person would name it."""
    if ticket.kind == "webhook.quarantined":
        return history.provider(str(ticket.details.get("source", "")))
    return str(
        ticket.details.get("title") or ticket.details.get("order") or ticket.details.get("payout") or ticket.subject
    )
