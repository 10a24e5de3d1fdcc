"""Rows of live sessions."""

from piccolo.columns import BigInt, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
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
    sharing = Text(default="everyone")
    stream_url = Text(default="")
    live_code_is_unique = Unique([code])


class LiveHost(Table):
    """Who hosts a session beside whoever planned it."""

    id = key()
    session = reference("live", "LiveSession")
    promoter = reference("promoters", "Promoter")
    added_at = Timestamptz(default=None)
    status = Text(default="accepted")
    share_bps = Integer(default=0)
    answered_at = Timestamptz(default=None, null=True)
    left_at = Timestamptz(default=None, null=True)
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


class LiveGift(Table):
    """What comes with a product while it is shown, to so many orders."""

    id = key()
    session = reference("live", "LiveSession")
    slot = reference("live", "LiveSlot")
    variant = reference("catalog", "Variant")
    for_variant = reference("catalog", "Variant")
    asked_by = reference("promoters", "Promoter")
    per = Text(default="order")
    every_units = Integer(default=1)
    units = Integer(default=1)
    quota = Integer(default=None)
    given = Integer(default=0)
    on_return = Text(default="asked_back")
    status = Text(default="asked")
    words = Text(default="")
    announced_at = Timestamptz(default=None, null=True)
    closed_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)


class LiveGiftOrder(Table):
    """An order that gets a gift; given back when the order falls away."""

    id = key()
    gift = reference("live", "LiveGift")
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    units = Integer(default=None)
    status = Text(default="given")
    given_at = Timestamptz(default=None)
    an_order_gets_a_gift_once = Unique([gift, order_id])
