"""Room: tracked links, clicks and their totals."""

from app.links.card import draw_card
from app.links.click_log import CLICK_LOG, ClickLog, ClickNotRecorded, store_clicks
from app.links.click_stream import Waiting, consumer_name, open_stream, read_waiting, settle_waiting, take_waiting
from app.links.clicks import Click, Unfolded, claim_unfolded, claim_unfolded_of, counted_near, mark_folded, write_clicks
from app.links.codes import new_code, read_code
from app.links.counting import choose_counted
from app.links.hours import Span, days_of
from app.links.keeping import (
    BATCH,
    choose_keep_days,
    fewest_days,
    forget_before,
    keep_days,
    months_over,
    months_wanted,
    parts,
)
from app.links.memory import Destination, forget, recall
from app.links.paths import campaign_path, path_of
from app.links.poster import Poster, PosterLook, draw_poster
from app.links.qr import qr_modules, qr_png, qr_svg
from app.links.screening import screen, screen_program
from app.links.tallies import SalesTotals, Tally, add_clicks, lock_tallies, tallies_of, write_sales
from app.links.tracked import (
    Link,
    TooManyLinks,
    UnknownLink,
    create,
    find,
    find_same,
    links_by_id,
    pause,
    resume,
)

__all__ = [
    "BATCH",
    "CLICK_LOG",
    "Click",
    "ClickLog",
    "ClickNotRecorded",
    "Destination",
    "Link",
    "Poster",
    "PosterLook",
    "SalesTotals",
    "Span",
    "Tally",
    "TooManyLinks",
    "Unfolded",
    "UnknownLink",
    "Waiting",
    "add_clicks",
    "campaign_path",
    "choose_counted",
    "choose_keep_days",
    "claim_unfolded",
    "claim_unfolded_of",
    "consumer_name",
    "counted_near",
    "create",
    "days_of",
    "draw_card",
    "draw_poster",
    "fewest_days",
    "find",
    "find_same",
    "forget",
    "forget_before",
    "keep_days",
    "links_by_id",
    "lock_tallies",
    "mark_folded",
    "months_over",
    "months_wanted",
    "new_code",
    "open_stream",
    "parts",
    "path_of",
    "pause",
    "qr_modules",
    "qr_png",
    "qr_svg",
    "read_code",
    "read_waiting",
    "recall",
    "resume",
    "screen",
    "screen_program",
    "settle_waiting",
    "store_clicks",
    "take_waiting",
    "tallies_of",
    "write_clicks",
    "write_sales",
]  # fmt: skip
