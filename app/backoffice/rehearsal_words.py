"""Words of rehearsals: the days a merchant can choose, what went wrong, and where an order stands."""

from __future__ import annotations

from app.kernel.i18n import N_

DAYS = {
    "calm": (N_("A calm day"), N_("Everything works; see how news comes in.")),
    "slow": (N_("Slow answers"), N_("A third of the answers come after twelve seconds; some results stay unknown.")),
    "duplicates": (N_("Everything three times"), N_("All news comes again, also as a recording.")),
    "split": (N_("Several parcels"), N_("Orders with several pieces leave in two parcels.")),
    "short": (N_("Missing pieces"), N_("Half of the orders lack a piece.")),
    "out_of_order": (N_("Wrong order"), N_("Later news overtakes earlier news.")),
    "wrong_sku": (N_("Wrong SKUs"), N_("Half of the orders find other goods on the shelf.")),
    "silent": (N_("A silent warehouse"), N_("It ships and tells nothing; we have to ask.")),
    "stormy": (N_("A stormy day"), N_("A little of everything: errors, broken answers, copies, missing pieces.")),
}
TROUBLES = {
    "short": (N_("Pieces are missing"), "warn"),
    "wrong_sku": (N_("Other goods on the shelf"), "warn"),
    "refused": (N_("Refused"), "bad"),
    "silent": (N_("No news"), "bad"),
}
STATES = {
    "open": (N_("Not sent yet"), "warn"),
    "accepted": (N_("At the warehouse"), "info"),
    "partially_shipped": (N_("Partly shipped"), "info"),
    "shipped": (N_("Shipped"), "ok"),
    "incomplete": (N_("Shipped without missing pieces"), "warn"),
    "rejected": (N_("Not shipped"), "bad"),
}
