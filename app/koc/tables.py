"""Rows of customers who could recommend: what they agreed to, their scores, and invitations."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from app.kernel.columns import key, reference


class CustomerConsent(Table):
    """What somebody said about being asked to recommend; the newest counts."""

    id = key()
    customer = reference("customers", "Customer")
    given = Boolean(default=None)
    how = Text(default=None)
    said_at = Timestamptz(default=None)


class KocScore(Table):
    """What the books say of one customer who agreed to be asked."""

    customer = reference("customers", "Customer", primary_key=True)
    score = Integer(default=None)
    orders = Integer(default=None)
    friends = Integer(default=None)
    stayed = Integer(default=None)
    refund_bps = Integer(default=None)
    lately = Boolean(default=None)
    net_amount = BigInt(default=None)
    counted_at = Timestamptz(default=None)


class KocInvitation(Table):
    """One customer asked once in a while whether they want to recommend the store."""

    id = key()
    customer = reference("customers", "Customer")
    status = Text(default="sent")
    score = Integer(default=None)
    invited_by = Text(default=None)
    invited_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    answered_at = Timestamptz(default=None, null=True)
