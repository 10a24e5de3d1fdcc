"""Room: what was sold elsewhere: orders of platforms and networks, as we are told of them, and whose sales they are."""

from app.external_sales import words
from app.external_sales.columns import Columns, recognize
from app.external_sales.facts import PLATFORMS, STATUSES, Fact, Known, add_up, merge
from app.external_sales.lines import (
    Decision,
    Line,
    Sighting,
    Taken,
    attended,
    decide,
    decisions_of,
    finalize,
    find,
    sightings_of,
    take_in,
    waiting,
)
from app.external_sales.offers import (
    NETWORKS,
    Offer,
    OfferLeadsAstray,
    Slot,
    count_click,
    find_offer,
    find_slot,
    holder_of,
    offers,
    offers_for,
    save_offer,
    slots,
    switch_offer,
    take_slot,
)
from app.external_sales.people_and_goods import (
    Sharer,
    Unmatched,
    map_sharer,
    match_good,
    promoter_behind,
    sharers,
    unmatched,
)
from app.external_sales.rows import MESSAGES, Problem, Reading, UnknownTable, read
from app.external_sales.shops import (
    Shop,
    ShopKnown,
    connect_shop,
    find_shop,
    note_failure,
    provisional_orders,
    read_until,
    shops,
    switch_shop,
)
from app.kernel.table_files import FileTooLong, UnreadableFile

__all__ = [
    "MESSAGES", "NETWORKS", "PLATFORMS", "STATUSES", "Columns", "Decision", "Fact", "FileTooLong", "Known", "Line",
    "Offer", "OfferLeadsAstray", "Problem", "Reading", "Sharer", "Shop", "ShopKnown", "Sighting", "Slot", "Taken",
    "UnknownTable", "Unmatched", "UnreadableFile", "add_up", "attended", "connect_shop", "count_click", "decide",
    "decisions_of", "finalize", "find", "find_offer", "find_shop", "find_slot", "holder_of", "map_sharer",
    "match_good", "merge", "note_failure", "offers", "offers_for", "promoter_behind", "provisional_orders", "read",
    "read_until", "recognize", "save_offer", "sharers", "shops", "sightings_of", "slots", "switch_offer",
    "switch_shop", "take_in", "take_slot", "unmatched", "waiting", "words",
]  # fmt: skip
