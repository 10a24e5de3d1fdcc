"""Room: pickup points, what goes to them, and who came for it."""

from app.pickups import codes, words
from app.pickups.batches import (
    Batch,
    Waiting,
    batches_of,
    batches_of_leader,
    decide,
    find_batch,
    note_arrival,
    orders_of,
    verdicts_of,
    waiting_of,
)
from app.pickups.handing import (
    UNDO,
    Pickup,
    arrive,
    cancel,
    collect,
    complete,
    find,
    find_by_code,
    lapse,
    pickup_of,
    remind,
    undo,
    write,
)
from app.pickups.points import NewPoint, Point, last_point_of, open_or_close, open_points
from app.pickups.points import decide as decide_point
from app.pickups.points import find as find_point
from app.pickups.points import listed as points_of
from app.pickups.points import save as save_point
from app.pickups.refusals import CalledOff, NoPoint, NotALeader, NotYet, TooLateToUndo, UnknownCode

__all__ = [
    "UNDO", "Batch", "CalledOff", "NewPoint", "NoPoint", "NotALeader", "NotYet", "Pickup", "Point", "TooLateToUndo",
    "UnknownCode", "Waiting", "arrive", "batches_of", "batches_of_leader", "cancel", "codes", "collect", "complete",
    "decide", "decide_point", "find", "find_batch", "find_by_code", "find_point", "lapse", "last_point_of",
    "note_arrival", "open_or_close", "open_points", "orders_of", "pickup_of", "points_of", "remind", "save_point",
    "undo", "verdicts_of", "waiting_of", "words", "write",
]  # fmt: skip
