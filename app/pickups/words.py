"""How people name the states of points and pickups. English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_

# state -> (label, kind of badge)
POINTS = {
    "pending": (N_("Waits for the store"), "warn"),
    "approved": (N_("Open for orders"), "ok"),
    "rejected": (N_("Declined"), "bad"),
}
CLOSED = (N_("Closed for orders"), "")
STATES = {
    "waiting": (N_("On its way"), "info"),
    "arrived": (N_("Ready to pick up"), "ok"),
    "collected": (N_("Picked up"), ""),
    "overdue": (N_("Not picked up in time"), "bad"),
    "canceled": (N_("Called off"), ""),
}
VERDICTS = {
    "confirmed": (N_("Confirmed"), "ok"),
    "failed": (N_("Too little was ordered: everybody is refunded"), "bad"),
}
