"""Rows of gift cards and of changes to store credit. What they hold is in the ledger."""

from piccolo.columns import BigInt, Bytea, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class GiftCard(Table):
    """A code worth money in this store, whoever holds it."""

    id = key()
    code_hash = Bytea(default=None)
    last4 = Text(default=None)
    initial_amount = BigInt(default=None)
    currency = Text(default=None)
    origin = Text(default=None)
    status = Text(default="active")
    batch = plain_id()
    email = Text(default="")
    note = Text(default="")
    expires_at = Timestamptz(default=None, null=True)
    issued_by = Text(default="")
    issued_at = Timestamptz(default=None)
    gift_card_code_is_unique = Unique([code_hash])


class CreditChange(Table):
    """A merchant gave a customer store credit, or took some back; and why."""

    id = key()
    customer = reference("customers", "Customer")
    amount = BigInt(default=None)
    currency = Text(default=None)
    reason = Text(default=None)
    changed_by = Text(default=None)
    changed_at = Timestamptz(default=None)
