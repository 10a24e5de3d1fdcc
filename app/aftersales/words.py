"""How both sides, and staff, name kinds, states, reasons and steps. English texts, translated where they are shown."""

from __future__ import annotations

import re

from app.kernel.i18n import N_, gettext

KINDS = {"return": N_("Return"), "exchange": N_("Exchange"), "claim": N_("Money back, goods stay")}
SHORT = {
    "return": N_("Return %(number)s"), "exchange": N_("Exchange %(number)s"), "claim": N_("Claim %(number)s")
}  # fmt: skip
NUMBER = re.compile(r"\S+-A\d+")
# state -> (label, kind of badge)
STATES = {
    "requested": (N_("Asked for"), "warn"),
    "approved": (N_("Approved"), "info"),
    "declined": (N_("Declined"), "bad"),
    "awaiting_return": (N_("Waiting for the goods"), "info"),
    "received": (N_("Goods are back"), "warn"),
    "inspecting": (N_("Inspected"), "warn"),
    "refunded": (N_("Refunded"), "ok"),
    "exchanged": (N_("Exchanged"), "ok"),
    "canceled": (N_("Canceled"), ""),
}
REASONS = {
    "no_longer_wanted": N_("No longer wanted"),
    "wrong_item": N_("Not what was ordered"),
    "not_as_described": N_("Not as described"),
    "damaged": N_("Arrived damaged"),
    "quality": N_("Poor quality, or spoiled"),
    "missing_parts": N_("Something is missing"),
    "not_received": N_("Never arrived"),
    "other": N_("Something else"),
}
STEPS = {
    "requested": N_("The shopper asked"),
    "requested_by_store": N_("The store opened this for the shopper"),
    "approved": N_("The store agreed"),
    "approved_by_default": N_("Agreed by itself: the store did not answer in time"),
    "declined": N_("The store declined"),
    "offered": N_("The store offered a sum for keeping the goods"),
    "offer_accepted": N_("The shopper took the offer"),
    "offer_declined": N_("The shopper did not take the offer"),
    "offer_lapsed": N_("The offer ended without an answer; the request stands"),
    "address_given": N_("The store said where to send the goods"),
    "sent_back": N_("The goods are on their way back"),
    "canceled": N_("The shopper called it off"),
    "not_sent_back": N_("Called off by itself: nothing was sent back in time"),
    "received": N_("The goods are back at the store"),
    "received_by_default": N_("Taken as arrived: the store did not say otherwise in time"),
    "part_inspected": N_("One of the warehouses looked at its part of the goods"),
    "inspected": N_("The store looked at the goods"),
    "refunded": N_("The money is on its way back"),
    "refunded_by_default": N_("The money goes back by itself: the store did not act in time"),
    "exchanged": N_("The replacement is on its way"),
    "exchanged_by_default": N_("The replacement was sent by itself: the store did not act in time"),
    "refunded_directly": N_("The money went back another way, so the request is over"),
    "wish_lowered": N_("A part of the money went back another way; the request is about the rest"),
    "disputed": N_("The platform was asked to decide"),
    "dispute_lapsed": N_("The platform did not decide; the request stands as it was"),
    "ruled_refund": N_("The platform decided: money back"),
    "ruled_decline": N_("The platform decided: no refund"),
}
HER_STEPS = {
    "requested": N_("You asked"),
    "requested_by_store": N_("The store opened this for you"),
    "offer_accepted": N_("You took the offer"),
    "offer_declined": N_("You did not take the offer"),
    "canceled": N_("You called it off"),
}
ACTORS = {"shopper": N_("Shopper"), "merchant": N_("Store"), "system": N_("By itself"), "staff": N_("Platform staff")}
DEFAULTS = {
    "approved": N_("then it counts as agreed"),
    "offer_lapsed": N_("then the offer ends and the request stands"),
    "canceled": N_("then the request is called off"),
    "received": N_("then the goods count as arrived"),
    "refunded": N_("then the money goes back by itself"),
    "exchanged": N_("then the replacement is sent by itself"),
    "dispute_lapsed": N_("then the request stands as it was"),
}


def kind(name: str) -> str:
    return gettext(KINDS.get(name, name))


def state(name: str) -> str:
    return gettext(STATES.get(name, (name, ""))[0])


def badge_of(name: str) -> str:
    return STATES.get(name, ("", ""))[1]


def reason(name: str) -> str:
    return gettext(REASONS.get(name, name))


def step(cause: str, *, to_shopper: bool = False) -> str:
    """A shopper reads of herself as "you"."""
    return gettext((HER_STEPS if to_shopper else STEPS).get(cause) or STEPS.get(cause, cause))


def actor(name: str, store: str = "") -> str:
    """A part of the shop in words, a person by name. Shoppers are told the name of the `store`, and no person's."""
    if store and name == "shopper":
        return gettext("You")
    if store and name not in ("system", "staff"):
        return store
    return gettext(ACTORS[name]) if name in ACTORS else name


def reason_code(kind: str, number: str) -> str:
    """Why money goes back, as its refund keeps it."""
    return f"{kind}:{number}"


def reason_in_words(text: str) -> str:
    """The reason of a refund: "Return T1000123-A1" for that of a request, every other one as it is.

    Refunds from before kinds were kept have the bare number.
    """
    kind, colon, number = text.rpartition(":")
    if not NUMBER.fullmatch(number):
        return text
    if colon and kind in KINDS:
        return gettext(SHORT[kind]) % {"number": number}
    return text if colon else gettext("Request %(number)s") % {"number": number}


def default(outcome: str) -> str:
    return gettext(DEFAULTS.get(outcome, outcome))


def choices(texts: dict[str, str]) -> list[tuple[str, str]]:
    """For a form or a filter: every code with its words."""
    return [(code, gettext(text)) for code, text in texts.items()]
