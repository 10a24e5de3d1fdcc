"""Rows of live sessions."""

from piccolo.columns import BigInt, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class LiveSession(Table):
    """One time on air of a host."""

    id = key()
    promoter = reference("promoters", "Promoter")
    title = Text(default=None)
    platform = Text(default=None)
    status = Text(default="scheduled")
    scheduled_at = Timestamptz(default=None, null=True)
    started_at = Timestamptz(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    code = Text(default=None, null=True)
    settled_at = Timestamptz(default=None, null=True)
    live_code_is_unique = Unique([code])


class LiveHost(Table):
    """Who hosts a session beside whoever planned it."""

    id = key()
    session = reference("live", "LiveSession")
    promoter = reference("promoters", "Promoter")
    added_at = Timestamptz(default=None)
    hosts_once = Unique([session, promoter])


class LiveSlot(Table):
    """One product's time on air."""

    id = key()
    session = reference("live", "LiveSession")
    seq = Integer(default=None)
    variant = reference("catalog", "Variant")
    host = reference("promoters", "Promoter")
    minutes = Integer(default=10)
    status = Text(default="planned")
    price_status = Text(default="usual")
    asked_amount = BigInt(default=None, null=True)
    asked_units = Integer(default=None, null=True)
    price_amount = BigInt(default=None, null=True)
    quota = Integer(default=None, null=True)
    words = Text(default="")
    campaign = reference("group_buying", "Campaign", null=True)
    on_air_at = Timestamptz(default=None, null=True)
    off_air_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    slot_seq_is_unique = Unique([session, seq])
