"""Rows of differences and alerts."""

from piccolo.columns import JSONB, BigInt, Text, Timestamptz
from piccolo.table import Table

from app.kernel.columns import key


class Ticket(Table):
    """One thing that is not as it should be, until somebody or the next check says it is."""

    id = key()
    kind = Text(default=None)
    subject = Text(default=None)
    currency = Text(default="")
    amount = BigInt(default=0)
    details = JSONB(default="{}")
    status = Text(default="open")
    opened_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    resolved_at = Timestamptz(default=None, null=True)
    resolved_by = Text(default="")
    note = Text(default="")
