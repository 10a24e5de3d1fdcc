"""Whether a sale is the promoter's own, and how doubtful it is: reasons with names and points, added up.

Rules without a world around them: what the order shows and what is known of the promoter come in, reasons come out.
One exact match says it is their own. Everything else only adds points, and no single hint reaches the store's limit by
itself unless the store sets it that low.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from app.risk.prints import alike

# What of the order is compared with what of the promoter, and what a match is called.
EXACT = {
    "same_account": ("account", "account"),
    "same_email": ("email", "email"),
    "same_phone": ("phone", "phone"),
    "same_address": ("address", "address"),
    "same_device": ("device", "device"),
    "same_payer": ("payer", "payer"),
    "same_payout_account": ("payer", "payout"),
}
# Points of everything that only hints at something.
WEIGHTS = {
    "same_house": 30,
    "similar_name": 35,
    "address_of_many": 35,
    "device_of_many": 45,
    "payer_of_many": 45,
    "coupon_loop": 45,
    "many_refunds": 30,
    "new_account": 15,
}
AT_PAYMENT = ("same_payer", "same_payout_account", "payer_of_many")
SURE = ("same_account", "same_email")  # nobody else's, whatever a promoter says
LOOK_BACK = timedelta(days=30)
REFUNDS_LOOK_BACK = timedelta(days=90)
OTHERS = 2  # so many other shoppers beside this one
NEW_FOR = timedelta(minutes=10)
FEWEST_SALES, REFUNDED_BPS = 5, 4_000
Prints = Mapping[str, Set[bytes]]


class Reason(msgspec.Struct, frozen=True):
    """One thing that was found. `count` is how many others, or basis points refunded, where that says something."""

    code: str
    points: int = 0
    count: int = 0

    @property
    def exact(self) -> bool:
        return self.code in EXACT


@dataclass(frozen=True, slots=True)
class Known:
    """What is known to be a promoter's own, and the names they go by."""

    prints: Prints
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the order shows of who bought. At a pickup point the address is nobody's own."""

    prints: Prints
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """How this sale stands among the promoter's others."""

    others: Mapping[str, int] = field(default_factory=dict)
    looped: int = 0
    sales: int = 0
    sold_amount: int = 0
    refunded_amount: int = 0
    account_age: timedelta | None = None


def own_purchase(shown: Shown, known: Known) -> list[Reason]:
    """Every exact match; the promoter bought it as soon as there is one."""
    return [
        Reason(code)
        for code, (theirs, own) in EXACT.items()
        if shown.prints.get(theirs, frozenset()) & known.prints.get(own, frozenset())
    ]


def hints(shown: Shown, known: Known, habits: Habits) -> list[Reason]:
    """What adds points, in the order of the table."""
    found: dict[str, int] = {}
    if shown.prints.get("building", frozenset()) & known.prints.get("building", frozenset()):
        found["same_house"] = 0
    if shown.recipient and any(alike(shown.recipient, name) for name in known.names):
        found["similar_name"] = 0
    for kind in ("address", "device", "payer"):
        if (others := habits.others.get(kind, 0)) >= OTHERS:
            found[f"{kind}_of_many"] = others + 1
    if habits.looped:
        found["coupon_loop"] = habits.looped + 1
    if habits.sales >= FEWEST_SALES and habits.refunded_amount * 10_000 >= habits.sold_amount * REFUNDED_BPS > 0:
        found["many_refunds"] = habits.refunded_amount * 10_000 // habits.sold_amount
    if habits.account_age is not None and habits.account_age < NEW_FOR:
        found["new_account"] = int(habits.account_age.total_seconds()) // 60
    return [Reason(code, points, found[code]) for code, points in WEIGHTS.items() if code in found]


def score(reasons: Sequence[Reason]) -> int:
    return sum(one.points for one in reasons)
