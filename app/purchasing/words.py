"""What the states of ordering are called, with the kind of badge that goes with each."""

from __future__ import annotations

from app.kernel.i18n import N_
from app.purchasing.statements import Statement

STATES = {
    "sent": (N_("Waits for the supplier"), "warn"),
    "accepted": (N_("Order accepted"), "info"),
    "refused": (N_("Refused"), "bad"),
    "canceled": (N_("Called off"), ""),
    "closed": (N_("Delivered in full"), "ok"),
}
DESTINATIONS = {
    "shopper": N_("Shopper"),
    "point": N_("Pickup point"),
    "leader": N_("Leader"),
    "warehouse": N_("Warehouse"),
}
CAUSES = {
    "made": N_("Ordered"),
    "recomputed": N_("Computed again"),
    "answered": N_("Answered by the supplier"),
    "called_off": N_("Fewer by agreement"),
}
DIFFERENCES = {
    "added": (N_("Added"), "ok"),
    "removed": (N_("Taken away"), "bad"),
    "changed": (N_("Changed"), "info"),
}
CHANGES = {
    "asked": (N_("Waits for an answer"), "warn"),
    "agreed": (N_("Agreed"), "ok"),
    "declined": (N_("Not agreed to"), "bad"),
}
ENTRIES = {
    "goods": (N_("Goods delivered"), "ok"),
    "back": (N_("Taken off again"), "bad"),
    "adjustment": (N_("Correction"), "info"),
    "payment": (N_("Transfer"), ""),
}
DISPUTES = {
    "open": (N_("Disputed"), "warn"),
    "accepted": (N_("Dispute accepted"), "ok"),
    "refused": (N_("Dispute refused"), "bad"),
}
CONFIRMED = {"open": (N_("Not confirmed yet"), "warn"), "confirmed": (N_("Confirmed"), "ok")}


def sums(statement: Statement) -> list[tuple[str, int]]:
    """The lines under a statement, the one that counts last."""
    return [
        (N_("Opening balance"), statement.opening_amount), (N_("Goods delivered"), statement.goods_amount),
        (N_("Taken off again"), statement.back_amount), (N_("Corrections"), statement.adjustment_amount),
        (N_("Transfers"), statement.payment_amount), (N_("Closing balance"), statement.closing_amount),
    ]  # fmt: skip
