"""The key in the link of an order page, for shoppers who never signed in, and the ticket of one who found it.

The key is computed from the order's id and the platform's secret, so a message sent weeks later can carry the same
link; the row keeps only its hash, so that whoever reads the table cannot open anybody's order.

A ticket shows an order to one browser for a short time: to somebody who knew its number and its phone, as everybody
does who saw the parcel. It changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from infra import crypto

KEY_BYTES = 15
TICKET_LIFE = timedelta(minutes=30)


def access_key(order_id: UUID) -> str:
    return crypto.sign(str(order_id), "order-access", size=KEY_BYTES)


def hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def opens(key: str, access_hash: bytes) -> bool:
    """Whether this key belongs to the order with that hash, in constant time."""
    return hmac.compare_digest(hash_key(key), access_hash)


def ticket_for(order_id: UUID, visitor: UUID, at: datetime) -> str:
    """What this browser finds the order by until `TICKET_LIFE` is over."""
    until = int((at + TICKET_LIFE).timestamp())
    return f"{order_id.hex}.{until}.{_signed(order_id, visitor, until)}"


def order_of_ticket(ticket: str, visitor: UUID, at: datetime) -> UUID | None:
    """None for one that was made up, is over, or is another browser's."""
    name, _, rest = ticket.partition(".")
    until, _, signature = rest.partition(".")
    try:
        order_id, ends = UUID(hex=name), int(until[:12])
    except ValueError:
        return None
    good = hmac.compare_digest(_signed(order_id, visitor, ends).encode(), signature.encode("utf-8", "replace"))
    return order_id if good and at.timestamp() < ends else None


def _signed(order_id: UUID, visitor: UUID, until: int) -> str:
    return crypto.sign(f"{order_id}:{visitor}:{until}", "order-ticket", size=KEY_BYTES)
