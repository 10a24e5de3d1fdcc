"""How all sides name what was found about a sale. English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_, gettext
from app.risk.rules import Reason

REASONS = {
    "same_account": N_("The promoter's own account bought it."),
    "same_email": N_("The order's e-mail is the promoter's."),
    "same_phone": N_("The phone is the promoter's."),
    "same_address": N_("It goes to the promoter's own address."),
    "same_device": N_("It was ordered in the promoter's own browser."),
    "same_payer": N_("The promoter's own wallet paid for it."),
    "same_payout_account": N_("The account that paid is the one the promoter is paid to."),
    "same_house": N_("It goes to another flat in the promoter's house."),
    "similar_name": N_("Who receives it has the promoter's name, or nearly."),
    "address_of_many": N_("%(count)s shoppers of this promoter ordered to this address within 30 days."),
    "device_of_many": N_("%(count)s shoppers of this promoter ordered in this browser within 30 days."),
    "payer_of_many": N_("One wallet paid for %(count)s shoppers of this promoter within 30 days."),
    "coupon_loop": N_("The promoter's coupon and link were used together by %(count)s accounts in this browser."),
    "many_refunds": N_("%(count)s of the promoter's sales of 90 days were refunded."),
    "new_account": N_("The account was opened %(count)s minutes before the order."),
}
# The same hints where no order shows them.
HINTS = {
    "same_house": N_("Another flat in the promoter's house"),
    "similar_name": N_("The recipient's name is the promoter's, or nearly"),
    "address_of_many": N_("Three or more shoppers of the promoter at one address within 30 days"),
    "device_of_many": N_("Three or more shoppers of the promoter in one browser within 30 days"),
    "payer_of_many": N_("One wallet for three or more shoppers of the promoter within 30 days"),
    "coupon_loop": N_("The promoter's coupon and link by several accounts in one browser"),
    "many_refunds": N_("40% or more of the promoter's sales of 90 days were refunded"),
    "new_account": N_("Ordered within ten minutes of opening the account"),
}
KINDS = {
    "account": N_("Account"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "address": N_("Address"),
    "device": N_("Browser"),
    "payer": N_("Wallet"),
}
# What a promoter is told: enough to answer, nothing about the shopper.
GENERAL = {
    "same_house": N_("The address resembles yours."),
    "similar_name": N_("The name resembles yours."),
    "address_of_many": N_("Several shoppers share an address, a browser or a wallet."),
    "device_of_many": N_("Several shoppers share an address, a browser or a wallet."),
    "payer_of_many": N_("Several shoppers share an address, a browser or a wallet."),
    "coupon_loop": N_("Coupon and link were used together again and again."),
    "many_refunds": N_("Many of your sales were refunded lately."),
    "new_account": N_("The shopper's account is very new."),
}
OUTCOMES = {
    "clean": (N_("Nothing to hold"), "ok"),
    "held": (N_("Held for review"), "warn"),
    "off": (N_("Own purchase: no commission"), "bad"),
    "discount": (N_("Own purchase: discount instead"), "info"),
    "commission": (N_("Own purchase: counts as usual"), "ok"),
}
STATUSES = {
    "open": (N_("To review"), "warn"),
    "released": (N_("Released"), "ok"),
    "refused": (N_("Refused"), "bad"),
    "ended": (N_("Ended by itself"), ""),
}
ENDED = {
    "refunded": N_("Everything was refunded, so nothing is left to decide."),
    "order_over": N_("The order was never paid."),
    "edited": N_("The order was changed and is not doubtful any more."),
    "moved": N_("The sale was given to somebody else."),
    "own_purchase": N_("The payment showed that it is the promoter's own purchase."),
}
SELF_PURCHASE = {
    "off": (
        N_("No commission"),
        N_("Nobody earns from it, and the receipt says so. What most stores do."),
    ),
    "discount": (
        N_("Discount instead"),
        N_(
            "Once paid, what the promoter would have earned goes back to the buyer as a lower price. Nobody else earns."
        ),
    ),
    "commission": (
        N_("Commission as usual"),
        N_("The promoter earns like from any other sale, and so does everybody above them."),
    ),
}
OWN_DISCOUNT = N_("The promoter's own purchase: the commission was taken off the price.")


def reason_text(one: Reason) -> str:
    """The reason as a person of the store reads it."""
    count = f"{one.count // 100} %" if one.code == "many_refunds" else one.count
    return gettext(REASONS[one.code]) % {"count": count}


def general(reasons: list[Reason]) -> list[str]:
    """As the promoter reads it, each once."""
    return [gettext(text) for text in dict.fromkeys(GENERAL[one.code] for one in reasons if one.code in GENERAL)]
