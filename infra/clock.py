"""The moment by the database's clock, whatever this machine's own clock says.

Many processes on many machines write and judge the same deadlines, so one clock has to count. Each new connection to
the database asks it for the time; a machine that is off by more than a moment corrects itself by the difference.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Less than this is the time an answer travels.
A_MOMENT = timedelta(seconds=2)

_ahead = timedelta(0)


def now() -> datetime:
    """The current moment, in UTC."""
    return datetime.now(UTC) - _ahead


def agree(theirs: datetime) -> None:
    """The database says that it is this moment."""
    global _ahead
    ahead = datetime.now(UTC) - theirs
    _ahead = ahead if abs(ahead) > A_MOMENT else timedelta(0)
