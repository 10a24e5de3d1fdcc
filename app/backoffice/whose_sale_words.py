"""A store's policy on whose sale it is, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from app.attribution import RUNG_NAMES, Policy
from app.kernel.i18n import N_, ngettext
from app.kernel.i18n import gettext as _

RUNGS = {
    "code_at_checkout": (RUNG_NAMES["code_at_checkout"], N_("The shopper names a sharer by code.")),
    "live": (RUNG_NAMES["live"], N_("Ordered from a room, or shortly after the last touch in it.")),
    "coupon": (RUNG_NAMES["coupon"], N_("A sharer's coupon, and the shopper followed a link of that sharer.")),
    "binding": (RUNG_NAMES["binding"], N_("Whoever the shopper is bound to.")),
    "last_click": (RUNG_NAMES["last_click"], N_("The last link the shopper followed.")),
    "unbacked_coupon": (
        RUNG_NAMES["unbacked_coupon"],
        N_("A sharer's coupon without a click; held until you have looked."),
    ),
}
TRIGGERS = {
    "click": N_("The first click on a sharer's link"),
    "register": N_("Opening an account"),
    "first_order": N_("The first order, when it is placed"),
    "first_paid_order": N_("The first order, when it is paid"),
    "admin": N_("Only you, by hand"),
    "import": N_("Only an import from another system"),
}
ELIGIBLE = {"everyone": N_("Every shopper"), "new_customers": N_("Only who never bought here")}
SNATCHING = {
    "anytime": N_("Any later click of another sharer takes over"),
    "never": N_("Nobody takes over while the binding lasts"),
    "after_protection": N_("Another sharer takes over once protection is over"),
}
KINDS = {
    "click": N_("Followed a link"), "register": N_("Opened an account"), "first_order": N_("First order"),
    "first_paid_order": N_("First paid order"), "order_paid": N_("Paid an order"), "admin": N_("Moved by the store"),
    "import": N_("Imported"), "chosen": N_("Chosen by the shopper"), "dropped": N_("Let go by the shopper"),
    "lock": N_("Signed in"),
}  # fmt: skip
OUTCOMES = {
    "created": (N_("Bound"), "ok"), "extended": (N_("Extended"), "ok"), "snatched": (N_("Taken over"), "warn"),
    "changed": (N_("Changed"), "info"), "moved": (N_("Moved"), "info"), "refused": (N_("Not bound"), ""),
    "closed": (N_("Ended"), ""),
}  # fmt: skip
ENDS = {
    "": N_("bound"), "expired": N_("ran out"), "snatched": N_("taken over"), "dropped": N_("let go by the shopper"),
    "changed": N_("changed by the shopper"), "moved": N_("moved by the store"), "carried": N_("went to the account"),
    "used_up": N_("orders used up"),
}  # fmt: skip


def sentences(policy: Policy) -> list[str]:
    """What the policy means, a sentence each."""
    said = [_clicks(policy)]
    if "live" in policy.rungs:
        said.append(
            ngettext(
                "An order counts for a live room for %(num)s minute after the last touch in it, and as long as the"
                " show goes on for whoever stays.",
                "An order counts for a live room for %(num)s minutes after the last touch in it, and as long as the"
                " show goes on for whoever stays.",
                policy.live_minutes,
                num=policy.live_minutes,
            )
        )
    return said + (_binding(policy) if policy.binds else [_("Nobody is bound to a sharer.")])


def _clicks(policy: Policy) -> str:
    return ngettext(
        "A click counts for %(num)s day.", "A click counts for %(num)s days.", policy.click_window_days,
        num=policy.click_window_days,
    )  # fmt: skip


def _binding(policy: Policy) -> list[str]:
    said = [
        _("What binds: %(what)s.", what=_(TRIGGERS[policy.bind_trigger])),
        _("Who is bound: %(who)s.", who=_(ELIGIBLE[policy.eligible])),
        _(
            "A click binds for %(days)s days, a paid order for %(order_days)s.",
            days=policy.click_lock_days, order_days=policy.order_lock_days,
        ),
        _(
            "In a live room a click binds for %(days)s days, a paid order for %(order_days)s.",
            days=policy.live_click_lock_days, order_days=policy.live_order_lock_days,
        ),
        _("Taking over: %(what)s.", what=_(SNATCHING[policy.snatch_policy])),
    ]  # fmt: skip
    if policy.snatch_policy == "after_protection":
        said.append(
            ngettext(
                "Protection lasts %(num)s day.",
                "Protection lasts %(num)s days.",
                policy.protect_days,
                num=policy.protect_days,
            )
        )
    if policy.max_orders:
        said.append(
            ngettext(
                "A binding ends after %(num)s order.",
                "A binding ends after %(num)s orders.",
                policy.max_orders,
                num=policy.max_orders,
            )
        )
    if policy.product_locks:
        said.append(
            ngettext("%(num)s product has days of its own.", "%(num)s products have days of their own.",
                     len(policy.product_locks), num=len(policy.product_locks))
        )  # fmt: skip
    return said


def options(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """As a choice of a form."""
    return [{"value": value, "label": _(text)} for value, text in texts.items()]
