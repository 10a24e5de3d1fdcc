"""The manners of the rehearsal warehouse towards one account."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ALWAYS = 10_000


class Behavior(Struct, frozen=True, forbid_unknown_fields=True):
    """How the warehouse treats one account. Rates are basis points; `seed` makes the bad luck repeatable.

    Set with `SimulatorOffice.behave(app_key, Behavior(...))`: the whole of it each time, what is not named goes back to
    its default, and it counts from the next request or news on. Parcels under way keep the pace they left with.
    """

    ship_ms: int = 1_000  # from order to parcel
    transit_ms: int = 1_500  # from parcel to its first move, and so on
    out_ms: int = 3_000
    delivered_ms: int = 4_500
    delay_ms: int = 0  # before news is told
    shuffle: bool = False  # news overtakes news
    reverse_ms: int = 0  # news of so many milliseconds is told backwards
    duplicate: int = 0  # extra copies of each news; to be fetched so often again after it was acknowledged
    duplicate_bps: int = ALWAYS  # the share of news that has copies
    replay_ms: int = 0  # the same signed bytes are sent once more, so much later
    silent: bool = False  # tells nothing until it is not silent any more
    slow_ms: int = 0  # before an answer, up to half a minute
    slow_bps: int = ALWAYS  # the share of answers that are slow
    error_bps: int = 0  # answers 503 and does nothing
    limit_bps: int = 0  # says "too often" in the vendor's words and does nothing
    error_after_done_bps: int = 0  # answers 500 although it is done
    truncate_bps: int = 0  # breaks the answer off
    split: bool = False  # two parcels where there is more than one piece
    split_bps: int = 0  # the same for a share of orders
    short_bps: int = 0  # the share of orders with one piece too few on the shelf
    short_skus: tuple[str, ...] = ()  # nothing of these is there
    wrong_bps: int = 0  # the share of orders whose first line lies on the shelf under another number
    found_skus: dict[str, str] = {}  # what lies there in place of these; it is not sent
    swapped_skus: dict[str, str] = {}  # what is sent in place of these, unasked
    progress: bool = False  # tells of picking and packing
    pick_ms: int = 0  # from order to half of it picked, and to all of it packed; 0: a third of the time to the parcel
    pack_ms: int = 0
    intercept_fails: bool = False  # refuses to stop an order, and ships it
    return_ms: int = 2_000  # from an announced return to its inspection
    damaged_bps: int = 0  # the share of returned pieces that are damaged
    damaged_skus: tuple[str, ...] = ()
    tracking: Literal["on", "off", "stuck"] = "on"  # stuck: the first move is the last
    unknown_skus: tuple[str, ...] = ()  # refuses orders with these
    token_s: int = 30 * 86_400  # how long a token is good that is given out from now on
    seed: int = 0
    run: str = ""  # the rehearsal whose log every exchange goes into
