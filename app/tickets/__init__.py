"""Room: differences and alerts somebody has to look at, each with an age and an amount."""

from app.tickets.board import open_counts, ticket_page
from app.tickets.desk import AlreadyResolved, Ticket, close, close_missing, close_these, find, resolve
from app.tickets.desk import open_ticket as open

__all__ = [
    "AlreadyResolved", "Ticket", "close", "close_missing", "close_these", "find", "open", "open_counts", "resolve",
    "ticket_page",
]  # fmt: skip
