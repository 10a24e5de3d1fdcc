"""How much a promoter earns on a line, and how much goes back when part of it is refunded."""

from __future__ import annotations

from app.kernel.money import floor_share


def remaining_base(base: int, *, paid: int, refunded: int) -> int:
    """What is left of a line's base after `refunded` of the `paid` amount of its goods went back.

    Rounded down at every step, so it never grows again, is the whole base when nothing and nothing when everything was
    refunded. A line that cost nothing never earned anything.
    """
    if not 0 <= refunded <= paid:
        raise ValueError("more was refunded than was paid")
    return base * (paid - refunded) // paid if paid else 0


def reversal_due(base: int, rate_bps: int, *, reversed_before: int, base_left: int) -> int:
    """What still has to go back: given, minus taken back already, minus what the remaining base deserves."""
    return max(0, floor_share(base, rate_bps) - reversed_before - floor_share(base_left, rate_bps))
