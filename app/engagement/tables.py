"""Rows of what the store told its shoppers and its own people."""

from piccolo.columns import JSONB, Integer, Text, Timestamptz
from piccolo.table import Table

from app.kernel.columns import key, reference


class Message(Table):
    """One message to one person: the facts it tells, and whether it was sent."""

    id = key()
    order_id = reference("orders", "Order", null=True)
    aftersale = reference("aftersales", "Aftersale", null=True)
    recipient = Text(default=None)
    address = Text(default="")
    locale = Text(default=None)
    kind = Text(default=None)
    facts = JSONB(default="{}")
    status = Text(default=None)
    failure = Text(default="")
    attempts = Integer(default=0)
    created_at = Timestamptz(default=None)
    sent_at = Timestamptz(default=None, null=True)
