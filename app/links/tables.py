"""Rows of tracked links, clicks and their totals."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class TrackedLink(Table):
    """A link that remembers who shared it, or through which channel; it stores what it shows, never an address."""

    id = key()
    code = Text(default=None)
    promoter = reference("promoters", "Promoter", null=True)
    channel = reference("links", "Channel", null=True)
    kind = Text(default=None)
    product = reference("catalog", "Product", null=True)
    live_session = reference("live", "LiveSession", null=True)
    campaign = reference("group_buying", "Campaign", null=True)
    team = Text(default="")
    label = Text(default="")
    status = Text(default="active")
    created_at = Timestamptz(default=None)
    code_is_unique = Unique([code])


class Click(Table):
    """One visit through a link, stored before the visitor is sent on; kept in parts by the month its id says."""

    id = key()
    link = reference("links", "TrackedLink")
    visitor_id = plain_id()
    clicked_at = Timestamptz(default=None)
    qualifies = Boolean(default=None)
    reason = Text(default="")
    address_hash = Bytea(default=None)
    agent_hash = Bytea(default=None)
    counted = Boolean(default=False)
    folded_at = Timestamptz(default=None, null=True)
    seen_at = Timestamptz(default=None, null=True)


class LinkVisitor(Table):
    """The first time a visitor came through a link."""

    # The two are the key together.
    link = reference("links", "TrackedLink", primary_key=True)
    visitor_id = UUID(default=None, primary_key=True)
    first_click = plain_id()


class LinkTally(Table):
    """A link's totals, folded from rows by workers."""

    link = reference("links", "TrackedLink", primary_key=True)
    clicks = BigInt(default=0)
    raw_clicks = BigInt(default=0)
    visitors = BigInt(default=0)
    orders = BigInt(default=0)
    paid_orders = BigInt(default=0)
    gmv_amount = BigInt(default=0)
    refunded_amount = BigInt(default=0)
    commission_amount = BigInt(default=0)
    updated_at = Timestamptz(default=None)


class LinkHour(Table):
    """What came through a link in one hour, folded with the totals; it stays when the clicks are gone."""

    # The two are the key together.
    link = reference("links", "TrackedLink", primary_key=True)
    hour = Timestamptz(default=None, primary_key=True)
    raw_clicks = BigInt(default=0)
    clicks = BigInt(default=0)
    visitors = BigInt(default=0)
    screened = BigInt(default=0)


class ClickKeeping(Table):
    """How long the store keeps single clicks: one row."""

    id = key()
    only_one = Boolean(default=True)
    keep_days = Integer(default=90)
    changed_by = Text(default="")
    changed_at = Timestamptz(default=None)
    there_is_one_click_keeping = Unique([only_one])


class Channel(Table):
    """Where the merchant puts up links of the store's own: a poster, a newsletter, somebody else's page."""

    id = key()
    name = Text(default=None)
    note = Text(default="")
    status = Text(default="active")
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)
    channel_name_is_unique = Unique([name])


class ChannelRate(Table):
    """What a channel costs from a moment on; never changed."""

    id = key()
    channel = reference("links", "Channel")
    version = Integer(default=None)
    valid_from = Timestamptz(default=None)
    click_amount = BigInt(default=0)
    order_amount = BigInt(default=0)
    sale_bps = Integer(default=0)
    set_by = Text(default=None)
    created_at = Timestamptz(default=None)
    rate_version_counts_up = Unique([channel, version])


class ChannelSpend(Table):
    """A fixed amount that was spent on a channel, or one taken back; never changed."""

    id = key()
    channel = reference("links", "Channel")
    spent_on = Date(default=None)
    amount = BigInt(default=None)
    note = Text(default="")
    entered_by = Text(default=None)
    created_at = Timestamptz(default=None)


class ChannelOrder(Table):
    """The channel an order came through, with what it costs by then; never changed."""

    id = key()
    order_id = reference("orders", "Order")
    channel = reference("links", "Channel")
    link = reference("links", "TrackedLink")
    touch = reference("attribution", "Touch")
    order_amount = BigInt(default=0)
    sale_bps = Integer(default=0)
    credited_at = Timestamptz(default=None)
    order_came_through_one_channel = Unique([order_id])


class LinkBatch(Table):
    """Links that were asked for in one act, and what was refused; never changed."""

    id = key()
    promoter = reference("promoters", "Promoter", null=True)
    made_by = Text(default=None)
    label = Text(default="")
    refused = JSONB(default="[]")
    created_at = Timestamptz(default=None)


class LinkBatchItem(Table):
    """One link of a batch; it may have been there before."""

    # The two are the key together.
    batch = reference("links", "LinkBatch", primary_key=True)
    seq = Integer(default=None, primary_key=True)
    link = reference("links", "TrackedLink")
    is_new = Boolean(default=None)
    link_is_in_a_batch_once = Unique([batch, link])


class LinkRisk(Table):
    """What the traffic of a link looked like when it was looked at last."""

    link = reference("links", "TrackedLink", primary_key=True)
    score = Integer(default=None)
    arrivals = BigInt(default=None)
    signs = JSONB(default="[]")
    looked_at = Timestamptz(default=None)
