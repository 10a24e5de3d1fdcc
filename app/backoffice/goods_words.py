"""What a difference between orders, warehouses and carriers says in words, and where its subject is to be found."""

from __future__ import annotations

from app.kernel.i18n import N_, gettext
from app.tickets import Ticket

# kind -> (what is wrong, what to do about it)
KINDS = {
    "goods.unplanned": (N_("Paid, and no warehouse was told to send it"), N_("Open the order and plan it again")),
    "goods.unknown_there": (
        N_("The warehouse does not know an order it accepted"), N_("Ask the warehouse; send it again if it is lost")
    ),
    "goods.canceled_there": (
        N_("Canceled at the warehouse, open here"), N_("Send it from another warehouse, or give the money back")
    ),
    "goods.shipped_there": (
        N_("The warehouse sent a parcel we know nothing of"), N_("Enter the parcel, or fetch the warehouse's news")
    ),
    "goods.shipped_here": (
        N_("Sent here, still lying at the warehouse"), N_("Ask the warehouse where the parcel is")
    ),
    "goods.no_tracking": (N_("A parcel without a tracking number"), N_("Ask the warehouse for its number")),
    "goods.unheard": (N_("The carrier never saw the parcel"), N_("Ask the carrier; check the tracking number")),
    "goods.delivered_open": (
        N_("Delivered by the carrier, open here"), N_("Look at the order; set it delivered if the shopper has it")
    ),
    "goods.closed_unsent": (N_("Closed without a parcel"), N_("Find out whether the goods ever left")),
    "goods.stock": (N_("The warehouse counts other stock than we do"), N_("Count the shelf, then correct one side")),
}  # fmt: skip


def title(kind: str) -> str:
    return gettext(KINDS[kind][0]) if kind in KINDS else kind


def advice(kind: str) -> str:
    return gettext(KINDS[kind][1]) if kind in KINDS else ""


def subject(ticket: Ticket) -> str:
    known = ticket.details
    return str(known.get("reference") or known.get("order") or known.get("title") or ticket.subject)


def place(ticket: Ticket) -> str:
    """The page of the order or the shelf it is about."""
    known = ticket.details
    if known.get("order"):
        return f"/orders/{known['order']}"
    return f"/stock/{known['variant']}" if known.get("variant") else ""


def detail(ticket: Ticket) -> str:
    """What else helps to find it: both counts, a warehouse, a tracking number."""
    known = ticket.details
    if "there" in known:
        counts = gettext("%(there)s there, %(here)s here", there=known["there"], here=known.get("here", ""))
        return f"{known.get('warehouse', '')} · {counts}"
    return str(known.get("warehouse") or known.get("tracking_number") or "")
