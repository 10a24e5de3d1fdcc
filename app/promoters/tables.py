"""Rows of people who may earn in this store."""

from piccolo.columns import Array, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Promoter(Table):
    """Somebody who may earn in this store."""

    id = key()
    login_id = plain_id()
    name = Text(default=None)
    email = Text(default=None)
    kinds = Array(base_column=Text(), default=list)
    status = Text(default=None)
    commission_bps = Integer(default=None)
    note = Text(default="")
    applied_at = Timestamptz(default=None)
    decided_at = Timestamptz(default=None, null=True)
    decided_by = Text(default="")
    level = reference("promoters", "PromoterLevel", null=True)
    level_is_fixed = Boolean(default=False)
    words = Text(default="")
    asked_back_at = Timestamptz(default=None, null=True)
    login_joins_once = Unique([login_id])


class PromoterPolicy(Table):
    """How the store's promoters stand to each other: one row."""

    id = key()
    only_one = Boolean(default=True)
    lineage_depth = Integer(default=2)
    on_inactive_upline = Text(default="skip")
    entry = Text(default="apply")
    entry_net_amount = BigInt(default=0)
    level_window_days = Integer(default=90)
    levels_fall = Boolean(default=True)
    most_refund_bps = Integer(default=10000)
    dormant_days = Integer(default=30)
    churned_days = Integer(default=90)
    levels_reviewed_on = Date(default=None, null=True)
    updated_at = Timestamptz(default=None)
    there_is_one_promoter_policy = Unique([only_one])


class PromoterLevel(Table):
    """A level promoters reach by own net sales."""

    id = key()
    name = Text(default=None)
    rank = Integer(default=None)
    from_net_amount = BigInt(default=0)
    created_at = Timestamptz(default=None)
    rank_is_unique = Unique([rank])


class PromoterLevelChange(Table):
    """From when on somebody had which level, and why. Never changed."""

    id = key()
    promoter = reference("promoters", "Promoter")
    level = reference("promoters", "PromoterLevel", null=True)
    net_amount = BigInt(default=None, null=True)
    actor = Text(default=None)
    reason = Text(default="")
    at = Timestamptz(default=None)


class PromoterLineage(Table):
    """Who stands above whom now, and by how many steps."""

    id = key()
    upper = reference("promoters", "Promoter")
    lower = reference("promoters", "Promoter")
    depth = Integer(default=None)
    above_whom_once = Unique([lower, upper])
    one_parent_per_depth = Unique([lower, depth])


class PromoterMove(Table):
    """From when on somebody stood below whom, and why. Never changed."""

    id = key()
    promoter = reference("promoters", "Promoter")
    parent = reference("promoters", "Promoter", null=True)
    actor = Text(default=None)
    reason = Text(default=None)
    at = Timestamptz(default=None)


class PromoterTerms(Table):
    """A version of what promoters agree to. Never changed."""

    id = key()
    version = Integer(default=None)
    body = Text(default=None)
    published_by = Text(default=None)
    published_at = Timestamptz(default=None)
    version_is_unique = Unique([version])


class PromoterAgreement(Table):
    """Who accepted which version when. Never changed."""

    id = key()
    promoter = reference("promoters", "Promoter")
    terms = reference("promoters", "PromoterTerms")
    accepted_at = Timestamptz(default=None)
    accepted_once = Unique([promoter, terms])
