"""Rows of touches and the decision whose sale a line was."""

from piccolo.columns import JSONB, Array, BigInt, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class Touch(Table):
    """One arrival that may count for somebody; never changed."""

    id = key()
    visitor_id = plain_id()
    customer = reference("customers", "Customer", null=True)
    kind = Text(default=None)
    promoter = reference("promoters", "Promoter", null=True)
    channel = reference("links", "Channel", null=True)
    link = reference("links", "TrackedLink", null=True)
    live_session = reference("live", "LiveSession", null=True)
    click = plain_id(null=True)
    occurred_at = Timestamptz(default=None)
    evidence = JSONB(default="{}")
    click_touches_once = Unique([click])


class AttributionDecision(Table):
    """Whose sale an order line was, with winners, losers and reasons."""

    id = key()
    order_id = reference("orders", "Order")
    order_line = reference("orders", "OrderLine")
    status = Text(default=None)
    promoter = reference("promoters", "Promoter", null=True)
    link = reference("links", "TrackedLink", null=True)
    live_session = reference("live", "LiveSession", null=True)
    touch = reference("attribution", "Touch", null=True)
    reason = Text(default=None)
    rung = Text(default="")
    policy_version = Integer(default=0)
    rule_version = Text(default=None)
    receipt = JSONB(default=None)
    base_amount = BigInt(default=0)
    refunded_amount = BigInt(default=0)
    decided_at = Timestamptz(default=None)
    finalized_at = Timestamptz(default=None, null=True)
    line_is_decided_once = Unique([order_line])


class AttributionPolicy(Table):
    """One version of the store's policy; never changed."""

    id = key()
    version = Integer(default=None)
    valid_from = Timestamptz(default=None)
    rungs = Array(base_column=Text(), default=None)
    click_window_days = Integer(default=30)
    live_minutes = Integer(default=30)
    bind_trigger = Text(default="click")
    eligible = Text(default="everyone")
    snatch_policy = Text(default="after_protection")
    protect_days = Integer(default=5)
    click_lock_days = Integer(default=5)
    order_lock_days = Integer(default=20)
    live_click_lock_days = Integer(default=10)
    live_order_lock_days = Integer(default=35)
    product_locks = JSONB(default="{}")
    max_orders = Integer(default=None, null=True)
    note = Text(default="")
    changed_by = Text(default=None)
    created_at = Timestamptz(default=None)
    version_counts_up = Unique([version])


class BindingSubject(Table):
    """A shopper who is or was bound: an account, or a browser."""

    id = key()
    customer = reference("customers", "Customer", null=True)
    visitor_id = plain_id(null=True)
    touched_at = Timestamptz(default=None, null=True)
    steps = Integer(default=0)
    customer_is_one_subject = Unique([customer])
    browser_is_one_subject = Unique([visitor_id])


class Binding(Table):
    """One time that a shopper is, or was, bound to a sharer."""

    id = key()
    subject = reference("attribution", "BindingSubject")
    place = Integer(default=None)
    follows = Integer(default=None, null=True)
    free_from = Timestamptz(default=None, null=True)
    promoter = reference("promoters", "Promoter")
    touch = reference("attribution", "Touch", null=True)
    starts_at = Timestamptz(default=None)
    valid_until = Timestamptz(default=None)
    protect_until = Timestamptz(default=None, null=True)
    orders = Integer(default=0)
    ended_at = Timestamptz(default=None, null=True)
    ended_because = Text(default="")
    policy_version = Integer(default=None)
    place_is_taken_once = Unique([subject, place])
    place_ends_once = Unique([subject, place, ended_at])


class BindingStep(Table):
    """One event of a shopper's binding, also one that changed nothing; never changed."""

    id = key()
    subject = reference("attribution", "BindingSubject")
    seq = Integer(default=None)
    at = Timestamptz(default=None)
    recorded_at = Timestamptz(default=None)
    kind = Text(default=None)
    outcome = Text(default=None)
    reason = Text(default="")
    promoter = reference("promoters", "Promoter", null=True)
    binding = reference("attribution", "Binding", null=True)
    touch = reference("attribution", "Touch", null=True)
    order_id = reference("orders", "Order", null=True)
    actor = Text(default="")
    note = Text(default="")
    policy_version = Integer(default=None)
    step_is_taken_once = Unique([subject, seq])


class SharerCode(Table):
    """What a shopper types to name a sharer."""

    id = key()
    promoter = reference("promoters", "Promoter")
    code = Text(default=None)
    created_at = Timestamptz(default=None)
    one_code_each = Unique([promoter])
    code_names_one_sharer = Unique([code])


class AttributionDispute(Table):
    """Somebody says a decision is wrong, and what the merchant answered."""

    id = key()
    decision = reference("attribution", "AttributionDecision")
    promoter = reference("promoters", "Promoter", null=True)
    opened_by = Text(default=None)
    words = Text(default=None)
    status = Text(default="open")
    answer = Text(default="")
    answered_by = Text(default="")
    opened_at = Timestamptz(default=None)
    answered_at = Timestamptz(default=None, null=True)


class AttributionMove(Table):
    """A line's sale that was given to somebody else, and why; never changed."""

    id = key()
    decision = reference("attribution", "AttributionDecision")
    from_promoter = reference("promoters", "Promoter", null=True)
    to_promoter = reference("promoters", "Promoter", null=True)
    reason = Text(default=None)
    moved_by = Text(default=None)
    moved_at = Timestamptz(default=None)


class AttributionReplay(Table):
    """A past period decided again under another policy, without changing anything."""

    id = key()
    starts_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    policy = JSONB(default=None)
    plan = plain_id(null=True)
    status = Text(default="queued")
    done = Integer(default=0)
    total = Integer(default=0)
    last_order = plain_id(null=True)
    result = JSONB(default="{}")
    asked_by = Text(default=None)
    asked_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
