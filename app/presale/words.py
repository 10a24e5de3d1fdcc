"""How people name the steps of a pre-sale. English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_

# state -> (label, kind of badge)
STATES = {
    "deposit_pending": (N_("Waits for the first payment"), "warn"),
    "deposit_paid": (N_("Deposit paid"), "info"),
    "balance_open": (N_("Balance can be paid"), "warn"),
    "balance_paid": (N_("Paid, waits for its date"), "info"),
    "confirmed": (N_("May ship"), "ok"),
    "closed": (N_("Finished"), ""),
}
OUTCOMES = {
    "fulfilled": (N_("Sent on its way"), "ok"),
    "released": (N_("Fell away, paid back"), "bad"),
    "forfeited": (N_("Fell away, deposit kept"), "bad"),
}
