"""Why a click did not count or did not win, in words for the people it concerns."""

from __future__ import annotations

from app.kernel.i18n import N_

REASONS = {
    "last_click": N_("The last click before the order."),
    "leader_campaign": N_("The leader's campaign, and nobody else's link."),
    "link_won": N_("Somebody else's link brought the shopper."),
    "no_click": N_("The shopper came without a tracked link."),
    "nobody_qualified": N_("No click qualified."),
    "later_click_won": N_("Another promoter's link was clicked later."),
    "earlier_click": N_("An earlier click of the same promoter."),
    "too_old": N_("The click is older than the store's window."),
    "after_the_order": N_("The click came after the order."),
    "promoter_not_approved": N_("The promoter was not approved at that time."),
    "own_purchase": N_("The promoter's own purchase."),
    "paused": N_("The link was paused."),
    "not_opened": N_("The link was checked, not opened."),
    "prefetch": N_("The page was loaded in advance, not opened."),
    "not_a_page": N_("The link was loaded as a picture or frame, not opened."),
    "machine": N_("A program opened the link, not a person."),
    "order_canceled": N_("The order was canceled."),
}


def reason_text(code: str) -> str:
    """An English msgid for the reason; unknown codes of the future are shown as they are."""
    return REASONS.get(code, code)
