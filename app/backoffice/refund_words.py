"""Words for refunds: where the money goes, why it goes back, and why a provider said no."""

from __future__ import annotations

from app import aftersales, group_buying, risk
from app.kernel.i18n import N_, gettext
from app.payments import vendor_of

WALLETS = {"gift_card": N_("Gift card"), "store_credit": N_("Store credit")}
TOO_LITTLE = N_("There is not enough money in your account at the provider. Fill it up, then send it again.")
FAILURES = {
    "provider": N_("The provider could not make this refund."),
    "NOT_ENOUGH": TOO_LITTLE,
    "NOTENOUGH": TOO_LITTLE,
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": TOO_LITTLE,
    "balance_insufficient": TOO_LITTLE,
    "insufficient_funds": TOO_LITTLE,
    "refund_exceeds_capture": N_("The provider says that more was given back than was paid. Look at it over there."),
    "charge_already_refunded": N_("The provider says that this payment was given back already. Look at it over there."),
    "unknown_number": N_("The provider does not know this payment."),
    "FREQUENCY_LIMITED": N_("The provider was asked too often. Send it again in a few minutes."),
}
REASONS = {
    "late_payment": N_("The payment came after the order was over"),
    "payment_timed_out": N_("Not paid in time"),
    "canceled_by_shopper": N_("Canceled by the shopper"),
    "canceled_by_merchant": N_("Canceled by the store"),
    "merchant": N_("Given back by the store"),
    "short_pick": N_("Missing at the warehouse"),
    "came_back": N_("The parcel came back"),
    "not_wanted": N_("No longer wanted"),
    "substituted": N_("Other goods were sent instead, and cost less"),
    "own_purchase": risk.words.OWN_DISCOUNT,
    **group_buying.words.REFUNDS,
}


def vendor(code: str) -> str:
    """What a way to pay is called."""
    if code in WALLETS:
        return gettext(WALLETS[code])
    known = vendor_of(code)
    return gettext(known.name) if known else code


def failure(code: str) -> str:
    if not code:
        return ""
    if code in FAILURES:
        return gettext(FAILURES[code])
    return gettext("The provider said no: %(code)s") % {"code": code}


def reason(text: str) -> str:
    """That of a return by its number; a reason somebody typed shows as it is."""
    return gettext(REASONS[text]) if text in REASONS else aftersales.words.reason_in_words(text)
