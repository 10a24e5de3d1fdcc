"""Room: live sessions, who hosts them, and the run of show."""

from app.live.sessions import (
    PLATFORMS,
    LiveSession,
    SessionOver,
    add_host,
    end,
    find,
    hosts_of,
    schedule,
    sessions_by_id,
    sessions_of,
    start,
)
from app.live.slots import (
    NotOnAir,
    PriceNotAsked,
    Slot,
    SlotOver,
    TooManySlots,
    add_slot,
    answer,
    call_off,
    find_slot,
    lock_slot,
    on_air,
    put_on_air,
    slots_of,
    swap,
    take_off_air,
)

__all__ = [
    "PLATFORMS", "LiveSession", "NotOnAir", "PriceNotAsked", "SessionOver", "Slot", "SlotOver", "TooManySlots",
    "add_host", "add_slot", "answer", "call_off", "end", "find", "find_slot", "hosts_of", "lock_slot", "on_air",
    "put_on_air", "schedule", "sessions_by_id", "sessions_of", "slots_of", "start", "swap", "take_off_air",
]  # fmt: skip
