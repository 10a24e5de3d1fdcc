"""Why somebody has a sale, why others do not, and why a shopper was not bound: in words for the people it concerns."""

from __future__ import annotations

from app.kernel.i18n import N_

REASONS = {
    "last_click": N_("The last click before the order."),
    "leader_campaign": N_("The leader's campaign, and nobody else's link."),
    "code_at_checkout": N_("The shopper named this sharer at the checkout."),
    "live": N_("The shopper ordered from the live room."),
    "coupon": N_("The sharer's coupon, and the shopper came through the sharer's link too."),
    "binding": N_("The shopper was bound to this sharer when ordering."),
    "unbacked_coupon": N_("The sharer's coupon, without a link of the sharer. Held until the store has looked."),
    "higher_rung_won": N_("Something that counts for more decided."),
    "rung_off": N_("The store does not count this."),
    "came_late": N_("It came to light after a later touch was answered."),
    "other_trigger": N_("The store binds by something else."),
    "not_new": N_("Only new customers are bound, and this one bought before."),
    "not_first_order": N_("It was not the first order."),
    "never_snatched": N_("The shopper is bound to somebody else; the store lets nobody take over."),
    "protected": N_("The shopper is bound to somebody else, still protected."),
    "not_bound": N_("The shopper was bound to nobody."),
    "used_up": N_("The binding was for so many orders."),
    "moved_by_store": N_("The store moved the sale, and said why."),
    "link_won": N_("Somebody else's link brought the shopper."),
    "no_click": N_("The shopper came without a tracked link."),
    "nobody_qualified": N_("No click qualified."),
    "later_click_won": N_("Another promoter's link was clicked later."),
    "earlier_click": N_("An earlier click of the same promoter."),
    "too_old": N_("The click is older than the store's window."),
    "after_the_order": N_("The click came after the order."),
    "promoter_not_approved": N_("The promoter was not approved at that time."),
    "own_purchase": N_("The promoter's own purchase."),
    "own_traits": N_("It looks like the promoter's own purchase: the same phone, address, browser or wallet."),
    "own_downline": N_("The shopper stands above this sharer."),
    "paused": N_("The link was paused."),
    "not_opened": N_("The link was checked, not opened."),
    "prefetch": N_("The page was loaded in advance, not opened."),
    "not_a_page": N_("The link was loaded as a picture or frame, not opened."),
    "machine": N_("A program opened the link, not a person."),
    "order_canceled": N_("The order was canceled."),
}


OWN = ("own_purchase", "own_traits")
RUNG_NAMES = {
    "code_at_checkout": N_("Code at the checkout"),
    "live": N_("Live room"),
    "coupon": N_("Coupon with a click"),
    "binding": N_("Bound sharer"),
    "last_click": N_("Last click"),
    "unbacked_coupon": N_("Coupon alone"),
    "leader_campaign": N_("Leader of the campaign"),
}
RUNG_OUTCOMES = {
    "won": N_("decided it"),
    "barred": N_("somebody, who did not fit"),
    "empty": N_("nobody"),
    "not_needed": N_("not needed any more"),
}

# The same reason, where what lost was no click.
_NOT_A_CLICK = {"later_click_won": N_("A newer claim of the same kind won.")}


def reason_text(code: str, kind: str = "link") -> str:
    """An English msgid for the reason; unknown codes of the future are shown as they are."""
    if kind not in ("link", "live") and code in _NOT_A_CLICK:
        return _NOT_A_CLICK[code]
    return REASONS.get(code, code)
