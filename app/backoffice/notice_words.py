"""Why a provider's notice was put aside, in words, and what to do about it."""

from __future__ import annotations

from app.kernel.i18n import N_, gettext

# code -> (what is wrong, what to do)
REASONS = {
    "amount": (
        N_("Another amount than the order's"),
        N_("Compare with the provider. Give the money back there, or ask the shopper for the rest."),
    ),
    "currency": (
        N_("Another currency than the order's"),
        N_("Compare with the provider, and give the money back there."),
    ),
    "unknown_number": (
        N_("A payment or refund we do not know"),
        N_("Look it up at the provider by its number. Another system may use the same account."),
    ),
    "other_provider": (
        N_("Told by another provider than the one that was asked"),
        N_("Look it up at both providers before you do anything."),
    ),
    "other_merchant": (
        N_("About another merchant's money, or from a trial account"),
        N_("See whether the webhook address at the provider belongs to this store."),
    ),
    "unknown_order": (N_("A parcel of an order we do not know"), N_("Ask the warehouse.")),
}
USUAL = (N_("It contradicts what we know"), N_("Compare with the provider before you do anything."))


def reason(code: str) -> str:
    return gettext(REASONS.get(code, USUAL)[0])


def advice(code: str) -> str:
    return gettext(REASONS.get(code, USUAL)[1])
