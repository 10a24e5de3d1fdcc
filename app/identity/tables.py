"""Rows of shoppers' sessions."""

from piccolo.columns import Bytea, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.kernel.columns import plain_id, reference


class ShopperSession(Table):
    """One signed-in or visiting browser; the token itself is never stored."""

    token_hash = Bytea(default=None, primary_key=True)
    customer = reference("customers", "Customer", null=True, on_delete=OnDelete.cascade)
    visitor_id = plain_id()
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    agent_hash = Bytea(default=None)
    address_prefix = Text(default=None)
    kind = Text(default="browser")
