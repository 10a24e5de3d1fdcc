"""Rules of routing, reasons of a route and reasons to hold an order, in words."""

from __future__ import annotations

from app.fulfillment import Hold, Reason
from app.kernel.i18n import N_, gettext

CRITERIA = {
    "parcels": N_("Fewest parcels"), "region": N_("Nearest: preferred, same region, same country"),
    "cost": N_("Cheapest parcels"), "cutoff": N_("Still leaves today"), "position": N_("Order among warehouses"),
}  # fmt: skip
REASONS = {
    "one_parcel": N_("One parcel has everything."),
    "split": N_("%(parcels)s parcels: no single warehouse that may send it has it all, or the rules prefer it so."),
    "preferred": N_("You prefer %(name)s for this region."),
    "same_region": N_("%(name)s is in the same region."),
    "same_country": N_("%(name)s is in the same country."),
    "pinned": N_("%(name)s always sends one of these products."),
    "more_than_wanted": N_("More than %(most)s parcels, because it takes them."),
    "as_promised": N_("Under these rules nobody has everything: it leaves from where it was promised."),
}  # fmt: skip
HOLDS = {
    "address": N_("Doubtful address"), "blocked_region": N_("Region that needs a look"),
    "fraud": N_("Sale under review"), "amount": N_("High amount"), "first_order": N_("First order of this worth"),
    "cooling": N_("Time to change one's mind"), "manual": N_("Held by hand"),
}  # fmt: skip
DOUBTS = {
    "incomplete": N_("A part of the address is missing."), "too_short": N_("The street is very short."),
    "no_number": N_("There is no house number."), "unknown_district": N_("The district does not look like one."),
}  # fmt: skip
RESHIPS = {
    "lost": N_("Lost on the way"), "damaged": N_("Arrived damaged"), "returned": N_("Came back to us"),
    "wrong_goods": N_("Wrong goods inside"), "other": N_("Another reason"),
}  # fmt: skip
SHORTS = (
    ("wait", N_("Wait for a person"), N_("It comes to the exceptions; somebody decides what follows.")),
    (
        "reroute", N_("Send the rest from another warehouse"),
        N_("If one has all of it; else it waits for a person."),
    ),
)  # fmt: skip


def reason(one: Reason) -> str:
    return gettext(REASONS.get(one.code, one.code)) % one.params


def hold(one: Hold) -> str:
    """What a rule found, or what somebody wrote."""
    doubts = [gettext(DOUBTS[code]) for code in one.params.get("doubts", "").split() if code in DOUBTS]
    return " ".join(filter(None, (*doubts, one.params.get("area", ""), one.words)))
