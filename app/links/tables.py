"""Rows of tracked links, clicks and their totals."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class TrackedLink(Table):
    """A link that remembers who shared it; it stores what it shows, never an address."""

    id = key()
    code = Text(default=None)
    promoter = reference("promoters", "Promoter")
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
