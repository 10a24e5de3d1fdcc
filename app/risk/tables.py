"""Rows of who bought from themselves or seems to: the store's policy, prints, assessments and cases."""

from piccolo.columns import JSONB, Bytea, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class RiskPolicy(Table):
    """One version of what the store does about promoters' own purchases; never changed."""

    id = key()
    version = Integer(default=None)
    valid_from = Timestamptz(default=None)
    self_purchase = Text(default=None)
    hold_from_score = Integer(default=None)
    review_days = Integer(default=None)
    note = Text(default="")
    changed_by = Text(default=None)
    created_at = Timestamptz(default=None)
    risk_version_counts_up = Unique([version])


class RiskTrait(Table):
    """Something that a person of the store said is a promoter's, as a keyed digest."""

    id = key()
    promoter = reference("promoters", "Promoter")
    kind = Text(default=None)
    digest = Bytea(default=None)
    hint = Text(default="")
    added_by = Text(default=None)
    added_at = Timestamptz(default=None)
    trait_is_known_once = Unique([promoter, kind, digest])


class RiskPrint(Table):
    """What an order shows of who bought, as keyed digests; `buyer` tells one shopper from another."""

    id = key()
    order_id = reference("orders", "Order", on_delete=OnDelete.cascade)
    kind = Text(default=None)
    digest = Bytea(default=None)
    buyer = Bytea(default=None)
    seen_at = Timestamptz(default=None)
    order_leaves_a_print_once = Unique([order_id, kind, digest])


class RiskAssessment(Table):
    """What was found about one order and one promoter, with every reason; never changed."""

    id = key()
    order_id = reference("orders", "Order")
    promoter = reference("promoters", "Promoter")
    moment = Text(default=None)
    outcome = Text(default=None)
    score = Integer(default=None)
    hold_from_score = Integer(default=None)
    reasons = JSONB(default="[]")
    discounts = JSONB(default="{}")
    policy_version = Integer(default=None)
    assessed_at = Timestamptz(default=None)


class RiskCase(Table):
    """An order whose commission waits until somebody has looked."""

    id = key()
    order_id = reference("orders", "Order")
    promoter = reference("promoters", "Promoter")
    assessment = reference("risk", "RiskAssessment")
    status = Text(default="open")
    opened_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    words = Text(default="")
    decided_by = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    one_case_for_an_order = Unique([order_id])


class RiskNote(Table):
    """What somebody wrote down about a case; never changed."""

    id = key()
    risk_case = reference("risk", "RiskCase")
    words = Text(default=None)
    written_by = Text(default=None)
    at = Timestamptz(default=None)
