"""Rows of what was sold elsewhere: shops, offers, lines as they were seen, and whose sales they were."""

from piccolo.columns import JSONB, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class CpsOffer(Table):
    """Something another shop sells and pays for when our promoters bring the shopper."""

    id = key()
    title = Text(default=None)
    network = Text(default=None)
    landing_url = Text(default=None)
    slot_parameter = Text(default=None)
    network_bps = Integer(default=None)
    promoter_bps = Integer(default=None)
    status = Text(default="open")
    words = Text(default="")
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)


class CpsSlot(Table):
    """One promoter's place in an offer: the network tells us by it whose sale an order was."""

    id = key()
    offer = reference("external_sales", "CpsOffer")
    promoter = reference("promoters", "Promoter")
    slot = Text(default=None)
    clicks = BigInt(default=0)
    created_at = Timestamptz(default=None)
    slot_is_unique = Unique([slot])
    one_slot_each = Unique([offer, promoter])


class ExternalShop(Table):
    """The store's shop on a platform, whose orders are pulled."""

    id = key()
    platform = Text(default=None)
    name = Text(default=None)
    shop_ref = Text(default=None)
    base_url = Text(default=None)
    credentials_sealed = Text(default=None)
    status = Text(default="active")
    pulled_until = Timestamptz(default=None, null=True)
    pulled_at = Timestamptz(default=None, null=True)
    failures = Integer(default=0)
    last_error = Text(default="")
    created_at = Timestamptz(default=None)
    shop_is_unique = Unique([platform, shop_ref])


class ExternalSharer(Table):
    """Somebody a platform names as who shared, and which promoter that is."""

    id = key()
    platform = Text(default=None)
    outside_id = Text(default=None)
    name = Text(default="")
    promoter = reference("promoters", "Promoter", null=True)
    mapped_by = Text(default="")
    mapped_at = Timestamptz(default=None, null=True)
    first_seen_at = Timestamptz(default=None)
    sharer_is_unique = Unique([platform, outside_id])


class ExternalGood(Table):
    """A code a platform uses for goods of ours, matched by hand."""

    id = key()
    platform = Text(default=None)
    sku_code = Text(default=None)
    variant = reference("catalog", "Variant")
    matched_by = Text(default=None)
    matched_at = Timestamptz(default=None)
    good_is_unique = Unique([platform, sku_code])


class ExternalLine(Table):
    """One line of an order placed elsewhere: what all sightings together say of it, and whose sale it is."""

    id = key()
    platform = Text(default=None)
    order_number = Text(default=None)
    line_key = Text(default=None)
    offer = reference("external_sales", "CpsOffer", null=True)
    title = Text(default=None)
    sku_code = Text(default="")
    variant = reference("catalog", "Variant", null=True)
    quantity = Integer(default=None)
    sale_amount = BigInt(default=None)
    base_amount = BigInt(default=None)
    refunded_amount = BigInt(default=0)
    currency = Text(default=None)
    status = Text(default=None)
    placed_at = Timestamptz(default=None)
    paid_at = Timestamptz(default=None, null=True)
    received_at = Timestamptz(default=None, null=True)
    sharer = Text(default="")
    sharer_name = Text(default="")
    sharer_final = Boolean(default=False)
    facts_version = Text(default="")
    sharer_version = Text(default="")
    sightings = Integer(default=0)
    promoter = reference("promoters", "Promoter", null=True)
    live_session = reference("live", "LiveSession", null=True)
    basis = Text(default="waiting")
    turn = Integer(default=0)
    decided_on = Text(default="")
    final_at = Timestamptz(default=None, null=True)
    attend_at = Timestamptz(default=None, null=True)
    first_seen_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    line_is_unique = Unique([platform, order_number, line_key])


class ExternalSighting(Table):
    """What a file or an answer once said of a line; the same twice is one."""

    id = key()
    external_line = reference("external_sales", "ExternalLine")
    digest = Text(default=None)
    source = Text(default=None)
    source_id = plain_id()
    facts = JSONB(default=None)
    seen_at = Timestamptz(default=None)
    seen_once = Unique([external_line, digest])


class ExternalDecision(Table):
    """Whose sale a line was in one turn, with everything that was known then."""

    id = key()
    external_line = reference("external_sales", "ExternalLine")
    turn = Integer(default=None)
    promoter = reference("promoters", "Promoter", null=True)
    basis = Text(default=None)
    receipt = JSONB(default=None)
    decided_at = Timestamptz(default=None)
    decided_once_a_turn = Unique([external_line, turn])
