"""Plain words for what codes and rows say: why an order moved, who moved it, why a warehouse refused."""

from __future__ import annotations

from app import group_buying, payments
from app.kernel.i18n import N_, gettext

CAUSES = {
    "checkout": N_("Ordered in the store"),
    "payment_captured": N_("The payment arrived"),
    "payment_timed_out": N_("Not paid in time"),
    "payment_failed": N_("The payment failed"),
    "canceled_by_shopper": N_("Canceled by the shopper"),
    "canceled_by_merchant": N_("Canceled by the store"),
    "cash_on_delivery": N_("Sent for cash on delivery"),
    "cash_refused": N_("The parcel was not taken"),
    "refunded": N_("Money was given back"),
    **group_buying.words.REFUNDS,
    "parcel_shipped": N_("The parcel left the warehouse"),
    "missing_left_out": N_("What was missing is left out"),
    "parcel_delivered": N_("The parcel arrived"),
    "picked_up": N_("Picked up at the point"),
    "handed_out": N_("Handed out by the leader"),
    "group_buying.below_minimum": N_("Too few orders at the cut-off"),
}
ACTORS = {
    "shopper": N_("Shopper"), "provider": N_("Payment provider"), "warehouse": N_("Warehouse"),
    "carrier": N_("Carrier"), "system": N_("By itself"), "merchant": N_("Store"), "staff": N_("Platform staff"),
    "command line": N_("Command line"),
}  # fmt: skip
REFUSALS = {
    "group_buying.waits": N_("Waits for its group"),
    "group_buying.by_leader": N_("The leader hands it out"),
    "held.address": N_("Held: the address looks doubtful"),
    "held.blocked_region": N_("Held: goes to a region that needs a look"),
    "held.fraud": N_("Held: the sale is under review"),
    "held.amount": N_("Held: worth more than goes out unseen"),
    "held.first_order": N_("Held: a first order of this worth"),
    "held.cooling": N_("Waits a while, so that the shopper can still change it"),
    "held.manual": N_("Held by hand"),
    "may_have_arrived": N_("Nobody can say whether it arrived"),
    "warehouse.paused": N_("The warehouse is paused"),
    "held_back": N_("Kept back by the store"),
    "refund_follows": N_("Taken back; the refund follows"),
    "stopped": N_("Taken back from the warehouse"),
    "replaced": N_("Leaves under another reference"),
    "merged": N_("Joined to another work order"),
    "order_refused": N_("The warehouse refused the order"),
    "address_refused": N_("The warehouse refused the address"),
    "cancel_refused": N_("The warehouse could not cancel"),
    "already_shipped": N_("Already shipped"),
    "unknown_order": N_("The warehouse does not know this order"),
    "canceled": N_("The warehouse has canceled this order"),
    "corrected_once": N_("WeChat allows one correction, and it was made already"),
    "unknown_carrier": N_("WeChat does not know this carrier"),
    "wechat.carrier": N_("WeChat does not know this carrier"),
    "wechat.credentials": N_("WeChat does not believe the App ID or secret of the mini-program"),
    "wechat.goods": N_("WeChat wants the goods of the parcel in at most 120 letters"),
    "wechat.not_opened": N_("The mini-program may not report parcels: open shipping information in its console"),
    "wechat.not_shippable": N_("WeChat takes no parcels for this payment in its state"),
    "wechat.number": N_("WeChat does not take this tracking number"),
    "wechat.payer": N_("WeChat knows another payer: mini-program and payment account may not belong together"),
    "wechat.refused": N_("WeChat refused it"),
    "wechat.too_many": N_("More parcels than WeChat takes for one payment"),
    "wechat.wrong_request": N_("WeChat did not understand us; tell our support this number"),
    "not_fetched": N_("The carrier has not fetched it"),
    "lies_still": N_("It has not moved for days"),
    "at_the_door": N_("It has been out for delivery for too long"),
    "past_the_day": N_("The day the carrier named is over"),
    "lost": N_("Nothing was heard of it for so long that it may be lost"),
    "The warehouse did not answer": N_("The warehouse did not answer"),
    "The order was canceled or refunded before it was sent.": N_(
        "The order was canceled or refunded before it was sent."
    ),
}
RULES = {"last_click": N_("Last click before the order"), "ladder": N_("The store's ladder")}
NOT_ASKED = "not asked again yet"  # how a caller that rests after several failures ends its message


def cause(code: str) -> str:
    """Why it happened; a reason somebody typed shows as it is."""
    return gettext(CAUSES[code]) if code in CAUSES else code.replace("_", " ")


def actor(name: str) -> str:
    """Who did it: a part of the shop in words, a person by name."""
    return gettext(ACTORS[name]) if name in ACTORS else name


def refusal(reason: str) -> str:
    """A stored reason "code: what they said" with the code in words."""
    code, mark, said = reason.partition(": ")
    if code not in REFUSALS:
        return reason
    words = gettext(REFUSALS[code])
    if not mark or code == "canceled":
        return words
    return gettext("%(what)s: %(said)s") % {"what": words, "said": outage(said)}


def rule(name: str) -> str:
    return gettext(RULES.get(name, name))


def provider(name: str) -> str:
    vendor = payments.vendor_of(name)
    return gettext(vendor.name) if vendor else name


def outage(error: str) -> str:
    """An error of a connected system; the message of a caller that rests names keys nobody needs to see."""
    if error.endswith(NOT_ASKED):
        return gettext("Several requests failed; the next try follows by itself.")
    return error
