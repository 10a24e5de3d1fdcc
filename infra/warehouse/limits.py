"""How often each kind of warehouse wants to be asked.

Careful figures of ours: a merchant whose contract allows more, or less, says so in the warehouse's settings as
`calls_per_minute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from infra.turns import Pace

# Jushuitan and Wangdiantong answer with an error of their own above some limit per minute; files and mail have none.
PER_MINUTE = {"jushuitan": 100, "wangdiantong": 60, "qimen": 300, "generic": 300}
BURST_S = 3  # so many seconds' worth of calls may come at once


def pace_of(adapter: str, settings: Mapping[str, str], *, is_practice: bool) -> Pace | None:
    """None when nothing limits it: our own simulator takes all there is, unless a rehearsal says otherwise."""
    said = 0
    with suppress(ValueError):
        said = int(settings.get("calls_per_minute") or 0)
    per_minute = said if said > 0 else 0 if is_practice else PER_MINUTE.get(adapter, 0)
    return Pace(per_minute, max(1, per_minute * BURST_S // 60)) if per_minute else None
