"""Rows of campaigns, what they offer, who takes part and what happened."""

from piccolo.columns import JSONB, Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Campaign(Table):
    """One offer to a circle of people: goods at a price, for a time, by the rules of its kind."""

    id = key()
    code = Text(default=None)
    kind = Text(default=None)
    title = Text(default=None)
    share_text = Text(default="")
    story = Text(default="")
    cover_key = Text(default=None, null=True)
    status = Text(default="draft")
    reason = Text(default="")
    starts_at = Timestamptz(default=None, null=True)
    ends_at = Timestamptz(default=None, null=True)
    audience = Text(default="everyone")
    person_limit = Integer(default=None, null=True)
    takes_coupons = Boolean(default=False)
    terms = JSONB(default="{}")
    leader = reference("promoters", "Promoter", null=True)
    supply = reference("group_buying", "Campaign", null=True)
    is_first = Boolean(default=None, null=True)  # this and the next are told by the database: a copy copies a first one
    copies_first = Boolean(default=None, null=True)
    last_sequence = BigInt(default=0)
    taken_units = BigInt(default=0)
    taken_people = BigInt(default=0)
    result = JSONB(default="{}")
    version = Integer(default=1)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)
    opened_at = Timestamptz(default=None, null=True)
    closed_at = Timestamptz(default=None, null=True)
    settled_at = Timestamptz(default=None, null=True)
    campaign_code_is_unique = Unique([code])
    campaign_by_level = Unique([id, is_first])


class CampaignItem(Table):
    """One variant of the offer; `quota` is None for as many as there is stock."""

    id = key()
    campaign = reference("group_buying", "Campaign", on_delete=OnDelete.cascade)
    variant = reference("catalog", "Variant")
    position = Integer(default=0)
    price_amount = BigInt(default=None)
    quota = BigInt(default=None, null=True)
    held = BigInt(default=0)
    taken = BigInt(default=0)
    active = Boolean(default=True)
    variant_is_offered_once = Unique([campaign, variant])


class CampaignTier(Table):
    """From this count on an item costs this."""

    id = key()
    item = reference("group_buying", "CampaignItem", on_delete=OnDelete.cascade)
    from_count = Integer(default=None)
    price_amount = BigInt(default=None)
    one_price_per_step = Unique([item, from_count])


class CampaignPerson(Table):
    """How much one person (by one of the marks we know somebody by) has of a campaign."""

    id = key()
    campaign = reference("group_buying", "Campaign", on_delete=OnDelete.cascade)
    person = Text(default=None)
    units = BigInt(default=0)
    person_is_counted_once = Unique([campaign, person])


class CampaignEvent(Table):
    """What happened to a campaign and who did it, with the facts before and after."""

    id = key()
    campaign = reference("group_buying", "Campaign", on_delete=OnDelete.cascade)
    cause = Text(default=None)
    actor = Text(default="system")
    details = JSONB(default="{}")
    at = Timestamptz(default=None)


class Participation(Table):
    """One order's place in a campaign."""

    order_id = reference("orders", "Order", primary_key=True, on_delete=OnDelete.cascade)
    campaign = reference("group_buying", "Campaign")
    status = Text(default="held")
    units = BigInt(default=None)
    persons = Array(base_column=Text(), default=list)
    nick = Text(default="")
    leader = reference("promoters", "Promoter", null=True)
    sequence_number = BigInt(default=None, null=True)
    supply_sequence = BigInt(default=None, null=True)
    fields = JSONB(default="{}")
    placed_at = Timestamptz(default=None)
    taken_at = Timestamptz(default=None, null=True)
    confirmed_at = Timestamptz(default=None, null=True)
    released_at = Timestamptz(default=None, null=True)
    release_cause = Text(default="")
    supply = reference("group_buying", "Campaign", null=True)
    handed_out_at = Timestamptz(default=None, null=True)
    invited_by = reference("group_buying", "Participation", null=True, on_delete=OnDelete.set_null)


class TeamGroup(Table):
    """So many people who want the same price; `taken + held` never exceeds `capacity`."""

    id = key()
    campaign = reference("group_buying", "Campaign")
    code = Text(default=None)
    status = Text(default="forming")
    reason = Text(default="")
    completed_by = Text(default="")
    capacity = Integer(default=None)
    held = Integer(default=0)
    taken = Integer(default=0)
    hours = Integer(default=None)
    reward_amount = BigInt(default=0)
    created_at = Timestamptz(default=None)
    opened_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None)
    ended_at = Timestamptz(default=None, null=True)
    team_code_is_unique = Unique([code])


class TeamSeat(Table):
    """One order's seat in a team."""

    order_id = reference("orders", "Order", primary_key=True, on_delete=OnDelete.cascade)
    team = reference("group_buying", "TeamGroup")
    is_leader = Boolean(default=False)
    may_move = Boolean(default=False)
    status = Text(default="held")
    moved_from = reference("group_buying", "TeamGroup", null=True)
    held_at = Timestamptz(default=None)
    taken_at = Timestamptz(default=None, null=True)
    released_at = Timestamptz(default=None, null=True)


class TeamPerson(Table):
    """A mark of somebody who is in a forming team at this moment."""

    id = key()
    campaign = reference("group_buying", "Campaign", on_delete=OnDelete.cascade)
    person = Text(default=None)
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    person_is_in_one_forming_team = Unique([campaign, person])


class LadderFinal(Table):
    """What a ladder came to: its last step, written once."""

    id = key()
    campaign = reference("group_buying", "Campaign")
    final_count = BigInt(default=None)
    outcome = Text(default=None)
    prices = JSONB(default=None)
    fixed_at = Timestamptz(default=None)
    a_campaign_ends_once = Unique([campaign])


class LadderShare(Table):
    """One order's part of a ladder's settlement."""

    order_id = reference("orders", "Order", primary_key=True, on_delete=OnDelete.cascade)
    campaign = reference("group_buying", "Campaign")
    status = Text(default="waiting")
    paid_amount = BigInt(default=0)
    back_amount = BigInt(default=0)
    settled_at = Timestamptz(default=None, null=True)


class ChainItem(Table):
    """Who earns how much of an item: its leader, the leader it is supplied by, and whoever helps to sell it."""

    item = reference("group_buying", "CampaignItem", primary_key=True, on_delete=OnDelete.cascade)
    leader_bps = Integer(default=0)
    supply_bps = Integer(default=0)
    help_bps = Integer(default=0)
    supply_amount = BigInt(default=None, null=True)


class LeaderGoods(Table):
    """What leaders may sell: from which price on, and for which share; without one it is the leader's own."""

    id = key()
    variant = reference("catalog", "Variant")
    floor_amount = BigInt(default=None)
    leader_bps = Integer(default=None, null=True)
    active = Boolean(default=True)
    updated_at = Timestamptz(default=None)
    variant_has_one_rule = Unique([variant])


class LeaderExport(Table):
    """A list that somebody took away; its file, while it is kept. Only the merchant's may hold full phone numbers."""

    id = key()
    campaign = reference("group_buying", "Campaign")
    promoter = reference("promoters", "Promoter", null=True)
    asked_by = Text(default=None)
    kind = Text(default=None)
    personal = Boolean(default=False)
    locale = Text(default=None)
    status = Text(default=None)
    row_count = Integer(default=0)
    file_key = Text(default=None, null=True)
    failure = Text(default="")
    created_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
    expires_at = Timestamptz(default=None)
