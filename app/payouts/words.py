"""How both sides name ways, states and steps of payouts. English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_, gettext
from app.payouts.payouts import Payout

# state -> (label, kind of badge, what happens next)
STATES = {
    "requested": (N_("Asked for"), "warn", N_("Waits for the store's yes.")),
    "approved": (N_("Approved"), "info", N_("Is sent next.")),
    "submitting": (N_("Being sent"), "info", N_("The provider has it.")),
    "awaiting_confirmation": (N_("Waits for the promoter"), "warn", N_("The promoter has to accept the money.")),
    "succeeded": (N_("Paid out"), "ok", ""),
    "failed": (N_("Failed"), "bad", N_("The money can be withdrawn again.")),
    "expired": (N_("Not accepted in time"), "bad", N_("The money can be withdrawn again.")),
    "rejected": (N_("Rejected"), "bad", N_("The money can be withdrawn again.")),
    "unknown": (N_("Being checked"), "warn", N_("The provider has not answered; it is asked about the same number.")),
}
WAYS = {
    "sandbox": N_("Practice payout (sandbox)"),
    "wechat": N_("WeChat transfer"),
    "bank_transfer": N_("Bank transfer"),
}
STEPS = {
    "requested": N_("The promoter asked"),
    "approved": N_("The store agreed"),
    "rejected": N_("The store said no"),
    "sent": N_("Handed to the provider"),
    "no_answer": N_("The provider did not answer"),
    "offered": N_("Offered to the promoter"),
    "paid": N_("The money has arrived"),
    "by_hand": N_("The store said how the transfer ended"),
    "declined": N_("The promoter declined"),
    "failed": N_("The provider could not pay"),
    "canceled": N_("Nobody accepted in time, so it was taken back"),
    "payee_account_abnormal": N_("The promoter's account cannot receive money"),
}
ACTORS = {"promoter": N_("Promoter"), "system": N_("By itself")}


def state(payout: Payout) -> str:
    """An approved bank transfer waits for a person, nothing sends it."""
    if payout.by_hand and payout.status == "approved":
        return gettext("To be transferred")
    return gettext(STATES[payout.status][0])


def badge(payout: Payout) -> str:
    return STATES[payout.status][1]


def hint(payout: Payout) -> str:
    if payout.by_hand and payout.status == "approved":
        return gettext("A person makes the transfer.")
    text = STATES[payout.status][2]
    return gettext(text) if text else ""


def way(code: str) -> str:
    return gettext(WAYS[code]) if code in WAYS else code


def step(cause: str) -> str:
    """What happened; a provider's own word shows as it is."""
    return gettext(STEPS[cause]) if cause in STEPS else cause


def actor(name: str) -> str:
    """A side in words, a provider by its way, a person by name."""
    return gettext(ACTORS[name]) if name in ACTORS else way(name)
