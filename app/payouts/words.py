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
    "alipay": N_("Alipay transfer"),
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
# What providers call their reasons -> in words, with what helps. Their own name is shown for any other.
REASONS = {
    "declined": N_("You declined the money"),
    "payee_account_abnormal": N_("Your account cannot receive money; choose another one"),
    "ACCOUNT_FROZEN": N_("Your account is frozen; choose another one"),
    "REAL_NAME_CHECK_FAIL": N_("You have not confirmed your identity in WeChat"),
    "NAME_NOT_CORRECT": N_("The name is not that of the account"),
    "OPENID_INVALID": N_("There is no such OpenID in the store's official account"),
    "OVERDUE_CLOSE": N_("Nobody accepted in time"),
    "PAYEE_NOT_EXIST": N_("There is no such Alipay account"),
    "PAYEE_USER_INFO_ERROR": N_("The name is not that of the account"),
    "PAYEE_ACC_OCUPIED": N_("Several Alipay accounts have this number; give the e-mail address instead"),
    "PAYEE_ACCOUNT_STATUS_ERROR": N_("Your account cannot receive money; choose another one"),
    "PAYEE_CERTINFO_LEVEL_LIMIT": N_("You have not confirmed your identity at Alipay"),
    "BALANCE_IS_NOT_ENOUGH": N_("The store's account is empty at the moment; ask again in some days"),
    "PAYER_BALANCE_NOT_ENOUGH": N_("The store's account is empty at the moment; ask again in some days"),
    "no_funds": N_("The store's account is empty at the moment; ask again in some days"),
    "EXCEED_LIMIT_DM_MAX_AMOUNT": N_("The provider's limit for one day is used up; ask again tomorrow"),
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
    return gettext(STEPS[cause]) if cause in STEPS else gettext(REASONS[cause]) if cause in REASONS else cause


def reason(code: str) -> str:
    """Why it came back: in words where we know them, else as it was said."""
    return gettext(REASONS[code]) if code in REASONS else step(code)


def actor(name: str) -> str:
    """A side in words, a provider by its way, a person by name."""
    return gettext(ACTORS[name]) if name in ACTORS else way(name)
