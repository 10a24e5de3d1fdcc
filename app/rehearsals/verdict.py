"""What a rehearsal showed: its figures, whether the store is ready for such a day, and what to put right first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from app.kernel.i18n import N_
from app.rehearsals.practice_orders import SETTLED, PracticeOrder

Verdict = Literal["ready", "look", "not_ready"]
VERDICTS: Mapping[str, tuple[str, str]] = {
    "ready": (N_("Ready for such a day"), "ok"),
    "look": (N_("Nothing was lost; some orders need a person"), "warn"),
    "not_ready": (N_("Not ready: some orders did not get through"), "bad"),
}
ADVICE: Mapping[str, str] = {
    "twice": N_("An order left twice. Stop using this connection and tell us; this must not happen."),
    "unanswered": N_(
        "Orders were still unanswered at the end. Ask the vendor how long an outage may last, and watch the exceptions"
        " of the board on such a day."
    ),
    "untold": N_(
        "The warehouse sent parcels and did not tell us. Check the callback address at the vendor; we catch up by"
        " asking every quarter of an hour."
    ),
    "short": N_("Pieces were missing. Count the shelves with the warehouse and keep a few back as safety stock."),
    "wrong_sku": N_(
        "Goods lay there under another number. Compare your SKUs with the warehouse's list before you start."
    ),
    "refused": N_(
        "Orders were refused. Read the vendor's words below; usually a SKU or an address part is not known there."
    ),
    "slow": N_("Answers took longer than five seconds. Nothing was sent twice, but parcels leave later on such a day."),
    "fine": N_("Every order was sent once, every copy was ignored. Nothing has to be put right."),
}
SLOW_MS = 5_000


def figures_of(
    orders: Sequence[PracticeOrder], sums: Mapping[str, int], there: Mapping[str, Any] | None
) -> dict[str, Any]:
    """All of it in numbers. `there` is what the warehouse itself counted, or nothing if it could not be asked."""
    shipped = [order for order in orders if order.status in ("shipped", "incomplete", "partially_shipped")]
    return {
        "orders": len(orders),
        "pushed": sum(order.attempts > 0 for order in orders),
        "attempts": sum(order.attempts for order in orders),
        "shipped": len(shipped),
        "settled": sum(order.status in SETTLED for order in orders),
        "trouble": sum(order.trouble != "" for order in orders),
        "slowest_ms": max((order.slowest_ms for order in orders), default=0),
        **sums,
        "there": dict(there or {}),
    }


def judge(orders: Sequence[PracticeOrder], figures: Mapping[str, Any]) -> tuple[Verdict, list[str]]:
    """The verdict and the advice, the most urgent first."""
    there = figures.get("there", {})
    kinds = {order.trouble for order in orders}
    advice = [
        word
        for word, applies in (
            ("twice", there.get("twice", 0) > 0),
            ("untold", figures["fetched"] > 0 or there.get("shipped", 0) > figures["shipped"]),
            ("unanswered", any(order.status == "open" for order in orders)),
            ("refused", "refused" in kinds),
            ("wrong_sku", "wrong_sku" in kinds),
            ("short", "short" in kinds),
            ("slow", figures["slowest_ms"] > SLOW_MS),
        )
        if applies
    ]
    lost = figures["settled"] < figures["orders"]
    verdict: Verdict = "not_ready" if "twice" in advice or lost else "look" if figures["trouble"] else "ready"
    return verdict, advice or ["fine"]
