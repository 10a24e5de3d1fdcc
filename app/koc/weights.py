"""What counts how much when customers are looked for who could recommend. The whole table, and nothing beside it.

Reviews are no part of it: the store has none yet. Nobody is scored who did not agree to be asked.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from app.kernel.i18n import N_

YEAR, LATELY = timedelta(days=365), timedelta(days=60)
REPEAT, MOST_REPEATS = 10, 5
FRIEND, MOST_FRIENDS = 5, 6
STAYED, MOST_STAYED = 15, 4
LATELY_POINTS = 10
FEW_REFUNDS_BPS, FEW_REFUNDS = 200, 10
MANY_REFUNDS_BPS, MANY_REFUNDS = 2_000, -20


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Of the last year: paid orders, friends who came, friends who bought again, and how much of it went back."""

    orders: int
    friends: int
    stayed: int
    refund_bps: int
    lately: bool


def parts_of(facts: Facts) -> list[tuple[str, int, int]]:
    """(what it is, how many, points), without what gives none."""
    repeats = max(facts.orders - 1, 0)
    refunds = 0
    if facts.orders > 1 and facts.refund_bps <= FEW_REFUNDS_BPS:
        refunds = FEW_REFUNDS
    elif facts.refund_bps > MANY_REFUNDS_BPS:
        refunds = MANY_REFUNDS
    parts = [
        ("repeats", repeats, REPEAT * min(repeats, MOST_REPEATS)),
        ("friends", facts.friends, FRIEND * min(facts.friends, MOST_FRIENDS)),
        ("stayed", facts.stayed, STAYED * min(facts.stayed, MOST_STAYED)),
        ("lately", 1, LATELY_POINTS if facts.lately else 0),
        ("few_refunds" if refunds > 0 else "many_refunds", 1, refunds),
    ]
    return [part for part in parts if part[2]]


PARTS = {
    "repeats": N_("Repeat orders: %(count)s"), "friends": N_("Friends who came on an invitation: %(count)s"),
    "stayed": N_("Friends who bought again: %(count)s"), "lately": N_("Bought within the last 60 days"),
    "few_refunds": N_("Next to nothing went back"), "many_refunds": N_("Much of it went back"),
}  # fmt: skip
