"""Room: returns, exchanges and claims, with deadlines on every wait, and what both sides said and showed."""

from app.aftersales import words
from app.aftersales.asking import AskedLine, NewAftersale, write_aftersale
from app.aftersales.dossier import Dossier, dossier_of
from app.aftersales.facts import (
    close_dispute,
    give_address,
    lower_wish,
    make_offer,
    name_rest,
    open_dispute,
    record_exchange,
    record_inspection,
    record_overtaken,
    record_parcel,
    record_refund,
    write_decision,
)  # fmt: skip
from app.aftersales.policy import DISPUTE_DAYS, Policy, read_policy, save_policy
from app.aftersales.reading import (
    Aftersale,
    Event,
    Line,
    events_of,
    find,
    inspected_units,
    lines_of,
    lock,
    of_order,
    steps_of_order,
)  # fmt: skip
from app.aftersales.states import (
    CLOSED,
    COUNTING,
    LEGAL,
    AtThePlatform,
    IllegalMove,
    Wait,
    begin,
    move,
    note,
    wait,
    wait_for,
)
from app.aftersales.thread import (
    MOST_PICTURES,
    Picture,
    Said,
    find_picture,
    pictures_of,
    said_about,
    say,
    show_picture,
)  # fmt: skip

__all__ = [
    "CLOSED", "COUNTING", "DISPUTE_DAYS", "LEGAL", "MOST_PICTURES", "Aftersale", "AskedLine", "AtThePlatform",
    "Dossier", "Event", "IllegalMove", "Line", "NewAftersale", "Picture", "Policy", "Said", "Wait", "begin",
    "close_dispute", "dossier_of", "events_of", "find", "find_picture", "give_address", "inspected_units", "lines_of",
    "lock", "lower_wish", "make_offer", "move", "name_rest", "note", "of_order", "open_dispute", "pictures_of",
    "read_policy", "record_exchange", "record_inspection", "record_overtaken", "record_parcel", "record_refund",
    "said_about", "save_policy", "say", "show_picture", "steps_of_order", "wait", "wait_for", "words",
    "write_aftersale", "write_decision",
]  # fmt: skip
