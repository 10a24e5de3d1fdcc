"""How Chinese vendors write amounts and times: yuan with two decimals, Beijing's clock without saying so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
WRITTEN = re.compile(r"(?P<sign>-?)(?P<yuan>[0-9]{1,12})(?:\.(?P<fen>[0-9]{1,2}))?")
FINER = re.compile(r"(?P<sign>-?)(?P<yuan>[0-9]{1,12})(?:\.(?P<part>[0-9]{1,5}))?")
CLOCK = "%Y-%m-%d %H:%M:%S"


def fen(text: str) -> int:
    """`43.90` is 4390. Raises ValueError for anything that is not an amount in yuan."""
    match = WRITTEN.fullmatch(text)
    if not match:
        raise ValueError(f"not an amount: {text!r}")
    amount = int(match["yuan"]) * 100 + int((match["fen"] or "").ljust(2, "0"))
    return -amount if match["sign"] else amount


def rounded_fen(text: str) -> int:
    """A fee, which may be written with more decimals than there are fen; half a fen counts as one."""
    match = FINER.fullmatch(text)
    if not match:
        raise ValueError(f"not an amount: {text!r}")
    fine = int(match["yuan"]) * 100_000 + int((match["part"] or "").ljust(5, "0"))
    amount = (fine + 500) // 1_000
    return -amount if match["sign"] else amount


def yuan(amount: int) -> str:
    """4390 is `43.90`."""
    sign, digits = "-" * (amount < 0), str(abs(amount)).rjust(3, "0")
    return f"{sign}{digits[:-2]}.{digits[-2:]}"


def from_beijing(text: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(text, CLOCK).replace(tzinfo=BEIJING)


def to_beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime(CLOCK)
