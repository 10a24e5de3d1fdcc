"""What the states of ordering are called, with the kind of badge that goes with each."""

from __future__ import annotations

from app.kernel.i18n import N_

STATES = {
    "sent": (N_("Waits for the supplier"), "warn"),
    "accepted": (N_("Accepted"), "info"),
    "refused": (N_("Refused"), "bad"),
    "canceled": (N_("Called off"), ""),
    "closed": (N_("Complete"), "ok"),
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
    "declined": (N_("Declined"), "bad"),
}
