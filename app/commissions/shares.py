"""How much a promoter earns on a line, and how much goes back when part of it is refunded."""

from __future__ import annotations

from app.kernel.money import floor_share


def share_amount(base: int, rate_bps: int, *, flat_amount: int = 0, units: int = 0) -> int:
    """A percentage of the base, or a fee for each unit that the percentage limits; rounded down.

    It never grows when base or units shrink, and the percentages of a line's shares together stay within its cap: so
    do the shares, whatever is refunded.
    """
    share = floor_share(base, rate_bps)
    return min(flat_amount * units, share) if flat_amount else share


def flat_ceiling(base: int, flat_amount: int, units: int) -> int:
    """The percentage that lets a fee through for every unit that is left, also when the odd cents of the goods went
    back with the others. A line that cost next to nothing has no room for a fee."""
    each = base // units - 1 if units else 0
    return -(-flat_amount * 10_000 // each) if each > 0 else 10_000


def remaining_base(base: int, *, paid: int, refunded: int) -> int:
    """What is left of a line's base after `refunded` of the `paid` amount of its goods went back.

    Rounded down at every step, so it never grows again, is the whole base when nothing and nothing when everything was
    refunded. A line that cost nothing never earned anything.
    """
    if not 0 <= refunded <= paid:
        raise ValueError("more was refunded than was paid")
    return base * (paid - refunded) // paid if paid else 0


def reversal_due(
    base: int, rate_bps: int, *, reversed_before: int, base_left: int,
    flat_amount: int = 0, units: int = 0, units_left: int = 0,
) -> int:  # fmt: skip
    """What still has to go back: given, minus taken back already, minus what the remaining goods deserve."""
    given = share_amount(base, rate_bps, flat_amount=flat_amount, units=units)
    return max(
        0, given - reversed_before - share_amount(base_left, rate_bps, flat_amount=flat_amount, units=units_left)
    )
