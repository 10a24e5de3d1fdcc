"""Room: live sessions, who hosts them, the run of show, and gifts on air."""

from app.live.gifts import (
    ON_RETURN,
    Gift,
    GiftGone,
    GiftNotAsked,
    GiftNotGranted,
    TooManyGifts,
    announce,
    answer_gift,
    ask_gift,
    close_gifts,
    find_gift,
    gifts_by_id,
    gifts_of,
    give,
    give_back,
)
from app.live.hosts import (
    SHARING,
    Host,
    NotInvited,
    SharesTooMuch,
    answer_invitation,
    everybody_of,
    hosts_of,
    invite,
    leave,
    parts_of,
    share_by,
)
from app.live.sessions import (
    PLATFORMS,
    LiveSession,
    SessionOver,
    end,
    find,
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
    "ON_RETURN", "PLATFORMS", "SHARING", "Gift", "GiftGone", "GiftNotAsked", "GiftNotGranted", "Host", "LiveSession",
    "NotInvited", "NotOnAir", "PriceNotAsked", "SessionOver", "SharesTooMuch", "Slot", "SlotOver", "TooManyGifts",
    "TooManySlots", "add_slot", "announce", "answer", "answer_gift", "answer_invitation", "ask_gift", "call_off",
    "close_gifts", "end", "everybody_of", "find", "find_gift", "find_slot", "gifts_by_id", "gifts_of", "give",
    "give_back", "hosts_of", "invite", "leave", "lock_slot", "on_air", "parts_of", "put_on_air", "schedule",
    "sessions_by_id", "sessions_of", "share_by", "slots_of", "start", "swap", "take_off_air",
]  # fmt: skip
