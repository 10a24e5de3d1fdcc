"""Words for what contests count, the states they are in, and why an order counts or not. English msgids."""

from __future__ import annotations

from app.kernel.i18n import N_

METRICS = {
    "net_sales": N_("Net sales"),
    "net_units": N_("Units sold, less returns"),
    "paid_orders": N_("Paid orders"),
    "new_customers": N_("New customers who paid"),
}
SCOPES = {
    "store": N_("Everything the store sells"),
    "live_session": N_("One live session"),
    "campaign": N_("One campaign"),
    "products": N_("Some products"),
}
SPLITS = {
    "by_score": N_("By what each has sold"),
    "equal": N_("Alike among those who sold"),
}
# state -> (text, kind of badge)
STATES = {
    "draft": (N_("Draft"), ""),
    "open": (N_("Under way"), "ok"),
    "closed": (N_("Provisional"), "warn"),
    "final": (N_("Final"), "info"),
    "paid": (N_("Prizes paid"), "ok"),
    "canceled": (N_("Called off"), ""),
}
# reason -> (text, what it means, kind of badge)
REASONS = {
    "counted": (N_("Counts"), "", "ok"),
    "partly_refunded": (N_("Counts in part"), N_("A part of it was refunded and is taken off."), "ok"),
    "refunded": (N_("Taken off"), N_("The order was refunded."), "bad"),
    "unsettled": (N_("Taken off"), N_("It was not settled when the result became final."), "bad"),
    "held": (N_("Held for review"), N_("A sale that is held for review does not count."), "warn"),
    "own_purchase": (N_("Does not count"), N_("What somebody buys through their own link wins nothing."), ""),
    "not_new": (N_("Does not count"), N_("Somebody with this account, e-mail or phone has paid before."), ""),
    "undecided": (N_("Being counted"), N_("It is paid, and whose sale it was is being written down."), "warn"),
}
