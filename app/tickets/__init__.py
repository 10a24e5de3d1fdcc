"""Room: differences and alerts somebody has to look at, each with an age and an amount."""

from app.tickets.board import open_amounts, open_counts, ticket_page
from app.tickets.desk import GOODS, AlreadyResolved, Ticket, close, close_missing, close_these, find, resolve
from app.tickets.desk import open_ticket as open

__all__ = [
    "GOODS", "AlreadyResolved", "Ticket", "close", "close_missing", "close_these", "find", "open", "open_amounts",
    "open_counts", "resolve", "ticket_page",
]  # fmt: skip
