"""One store and the words only it says; what each column of a filled row holds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from app import pickups
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.links import codes
from app.orders.access import access_key, hash_key
from tenants import Tenant
from tests.isolation.documents import document

# What anyone may read on the store's own host. Everything else is somebody's business.
SHOWN = frozenset({"store_profile", "product", "variant", "product_image", "collection"})
# Of other tables, what shop windows say of shows and campaigns.
SHOWN_COLUMNS = frozenset(
    {
        ("live_session", "title"),
        ("live_session", "stream_url"),
        ("promoter", "name"),
        ("campaign", "title"),
        ("campaign", "share_text"),
    }
    | {("campaign", "story")}
)


@dataclass
class Filled:
    """A store and a row of every table of it, by table name."""

    tenant: Tenant
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    visitor: UUID = field(default_factory=new_id)
    promoter_login: UUID = field(default_factory=new_id)
    merchant_login: UUID = field(default_factory=new_id)
    supplier_login: UUID = field(default_factory=new_id)

    @property
    def open_word(self) -> str:
        return f"openly{self.tag}"

    @property
    def secret_word(self) -> str:
        return f"hidden{self.tag}"

    def word(self, table: str, column: str = "") -> str:
        return self.open_word if table in SHOWN or (table, column) in SHOWN_COLUMNS else self.secret_word

    @property
    def picture(self) -> str:
        return f"t/{self.tenant.id}/{hashlib.sha256(self.tag.encode()).hexdigest()}.webp"


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool
    target: str
    choices: tuple[str, ...]


# Where the first choice or a plain word would make no sense of the row. `None` leaves the column to its default.
MEANT: dict[tuple[str, str], Any] = {
    ("product", "status"): "published",
    ("variant", "option_values"): ["One"],
    ("product", "option_names"): ["Size"],
    ("product_image", "status"): "stored",
    ("coupon", "amount"): 100,
    ("stock_level", "on_hand"): 50,
    ("customer", "password_hash"): None,
    ("customer_address", "country"): "CN",
    ("selection_candidate", "left_how"): "",
    ("coupon", "status"): "active",
    ("campaign", "status"): "open",
    ("campaign", "starts_at"): now() - timedelta(days=1),
    ("campaign", "ends_at"): now() + timedelta(days=1),
    ("campaign", "supply"): None,
    ("substitution", "replacement"): None,
    ("participation", "released_at"): None,
    ("participation", "invited_by"): None,
    ("participation", "status"): "taken",
    ("pickup_point", "country"): "CN",
    ("pickup_point", "status"): "approved",
    ("pickup_batch", "verdict"): "confirmed",
    ("pickup", "status"): "arrived",
    ("pickup", "collected_at"): None,
    ("pickup", "pickup_bps"): 300,
    ("pickup", "cap_bps"): 2000,
    ("contest", "status"): "open",
    ("contest", "starts_at"): now() - timedelta(days=1),
    ("contest", "ends_at"): now() + timedelta(days=1),
    ("contest_award", "paid_at"): now(),
    ("contest_event", "from_status"): "draft",
    ("contest_event", "to_status"): "open",
    ("commission_line", "role"): "promotion",
    ("commission_rule", "rates"): [1000],
    ("commission_rule", "scope"): "category",
    ("plan_simulation", "status"): "done",
    ("plan_simulation", "from_at"): now() - timedelta(days=1),
    ("plan_simulation", "until_at"): now(),
    ("customer_consent", "given"): True,
    ("koc_invitation", "status"): "sent",
    ("koc_invitation", "answered_at"): None,
    ("koc_invitation", "expires_at"): now() + timedelta(days=1),
    ("material_pack", "status"): "published",
    ("material_pack", "version"): 1,
    ("material_version", "number"): 1,
    ("material_pack", "campaign"): None,
    ("material_pack", "live_session"): None,
    ("material_pack", "templates"): ["classic"],
    ("material_pack", "stale_because"): "",
    ("orders", "status"): "placed",
    ("orders", "payment_status"): "paid",
    ("orders", "total_amount"): 1000,
    ("orders", "paid_amount"): 1000,
    ("orders", "freight_amount"): None,
    ("orders", "discount_amount"): None,
    ("aftersale", "event_seq"): 1,
    ("order_event", "field"): "status",
    ("order_event", "from_status"): "draft",
    ("order_event", "to_status"): "placed",
    ("stock_move", "delta"): 1,
    ("purchase_order", "supplements"): None,
    ("purchase_order", "status"): "accepted",
    ("purchase_order", "answered_at"): now(),
    ("supply_unit", "done_at"): now(),
    ("supply_unit", "back_entry"): None,
    ("supply_dispute", "adjustment"): None,
    ("supply_statement", "goods_amount"): 0,
    ("supply_statement", "back_amount"): 0,
    ("supply_statement", "adjustment_amount"): 0,
    ("supply_statement", "payment_amount"): 0,
    ("reservation", "status"): "allocated",
    ("payment", "provider"): "sandbox",
    ("payment", "status"): "captured",
    ("payment", "pay_url"): "http://127.0.0.1:1/pay",
    ("refund", "status"): "failed",
    ("webhook_event", "source"): "sandbox",
    ("webhook_event", "status"): "quarantined",
    ("promoter", "status"): "approved",
    ("promoter", "kinds"): ["host", "leader"],
    ("live_session", "status"): "live",
    ("live_session", "platform"): "douyin",
    ("live_session", "scheduled_at"): now(),
    ("live_session", "started_at"): now(),
    ("live_host", "status"): "accepted",
    ("live_host", "left_at"): None,
    ("live_gift", "closed_at"): None,
    ("stock_loan", "returned_at"): None,
    ("announcement", "withdrawn_at"): None,
    ("tracked_link", "kind"): "product",
    ("tracked_link", "campaign"): None,
    ("touch", "kind"): "link",
    ("click", "reason"): None,
    ("click", "qualifies"): True,
    ("link_hour", "raw_clicks"): 3,
    ("link_hour", "clicks"): 1,
    ("link_hour", "visitors"): 1,
    ("link_hour", "screened"): 1,
    ("click_keeping", "keep_days"): 90,
    ("tracked_link", "channel"): None,
    ("touch", "channel"): None,
    ("channel_rate", "sale_bps"): 500,
    ("attribution_decision", "reason"): "last_click",
    ("attribution_policy", "rungs"): ["code_at_checkout", "live", "coupon", "binding", "last_click"],
    ("binding_subject", "visitor_id"): None,
    ("binding_subject", "steps"): 1,
    ("binding", "valid_until"): now() + timedelta(days=5),
    ("commission_line", "held_because"): None,
    ("payment", "payer_mark"): None,
    ("risk_policy", "hold_from_score"): 60,
    ("risk_policy", "review_days"): 3,
    ("risk_assessment", "reasons"): None,
    ("risk_assessment", "discounts"): None,
    ("risk_assessment", "outcome"): "held",
    ("risk_case", "status"): "open",
    ("risk_case", "decided_at"): None,
    ("attribution_move", "to_promoter"): None,
    ("attribution_replay", "ends_at"): now() + timedelta(days=1),
    ("binding_step", "kind"): "click",
    ("binding_step", "outcome"): "created",
    ("commission_line", "external_line"): None,
    ("external_line", "basis"): "sharer",
    ("external_line", "platform"): "cps",
    ("external_line", "status"): "paid",
    ("external_good", "platform"): "douyin",
    ("external_sharer", "platform"): "douyin",
    ("external_sharer", "mapped_at"): now(),
    ("external_sighting", "source"): "file",
    ("external_shop", "platform"): "douyin",
    ("cps_offer", "network"): "jd",
    ("cps_offer", "landing_url"): "https://u.jd.com/x",
    ("commission_line", "amount"): 100,
    ("commission_line", "status"): "frozen",
    ("ledger_account", "kind"): "promoter_frozen",
    ("order_job", "status"): "ready",
    ("leader_export", "status"): "ready",
    ("psp_statement", "starts_at"): now() - timedelta(days=1),
    ("psp_statement", "ends_at"): now(),
    ("fulfillment_order", "status"): "accepted",
    ("rehearsal", "adapter"): "jushuitan",
    ("rehearsal", "scenario"): "calm",
    ("rehearsal", "status"): "ended",
    ("rehearsal", "started_at"): now() - timedelta(days=3),
    ("rehearsal", "ends_at"): now() - timedelta(days=2),
    ("rehearsal", "ended_at"): now() - timedelta(days=2),
    ("rehearsal_order", "trouble"): "short",
    ("rehearsal_news", "kind"): "shipment",
    ("fulfillment", "status"): "shipped",
    ("fulfillment", "carrier"): "shunfeng",
    ("fulfillment_exception", "kind"): "parcel_lost",
    ("fulfillment_exception", "resolved_at"): None,
    ("parcel_event", "status"): "shipped",
    ("import_run", "kind"): "shopify_csv",
    ("import_run", "status"): "finished",
    ("import_run", "failure_code"): None,
    ("import_issue", "code"): "csv.bad_price",
    ("outbox", "kind"): "payments.register_account",
    ("outbox", "status"): "dead",
}
# Columns that name another row than the first of their table.
OTHERS = {"credit": "another_account", "lower": "another_promoter"}
PICKUP_CODE = ("pickup", "code_hash")
# Names by which things are asked for: unlike any word, because an answer may repeat the question.
NAMED = ("handle", "number", "email", "reference", "dedupe_key")
PLAIN = {"locale": "en", "currency": "CNY", "actor": "system", "rule_version": "1", "queue": "default"}


def value_of(store: Filled, table: str, column: Column, row: dict[str, Any]) -> Any:
    """What to write there; None leaves the column alone. `row` holds the columns before it."""
    if (table, column.name) in MEANT:
        return MEANT[table, column.name]
    if column.target:
        return _target(store, column)
    if column.choices:
        return column.choices[0] if column.required else None
    special = _special(store, table, column.name, row)
    return special if special is not None else _by_type(store, table, column)


def _target(store: Filled, column: Column) -> Any:
    return next(iter(store.rows[OTHERS.get(column.name, column.target)].values()))


def _special(store: Filled, table: str, name: str, row: dict[str, Any]) -> Any:
    known: dict[str, Any] = {
        "visitor_id": store.visitor,
        "login_id": store.promoter_login,
        "code": codes.new_code(),
        "access_hash": hash_key(access_key(row["id"])) if name == "access_hash" else None,
        "code_hash": pickups.codes.hash_of(pickups.codes.code_of(row["order_id"], 0))
        if (table, name) == PICKUP_CODE
        else None,
        "owner": store.rows["promoter"]["id"] if name == "owner" else None,
        "basis": _prices(store) if name == "basis" else None,
    }
    if name in known:
        return known[name]
    if name in NAMED:
        return f"{name}-{store.tag}@shop.test" if name == "email" and table == "customer" else f"{name}-{store.tag}"
    return PLAIN.get(name)


def _prices(store: Filled) -> str:
    """What the store's goods cost, as a version of a material pack keeps it: so the pack counts."""
    variant = store.rows["variant"]
    prices = {str(variant["id"]): [variant["price_amount"], variant["compare_at_amount"]]}
    return msgspec.json.encode({"prices": prices, "rules": None, "ends_at": None}).decode()


def _by_type(store: Filled, table: str, column: Column) -> Any:
    word = store.word(table, column.name)
    if column.type == "text":
        return store.picture if column.name.endswith("_key") else f"{word} {column.name}"
    if column.type == "jsonb":
        return msgspec.json.encode(document(store, word, table)).decode()
    if column.type == "text[]":
        return [word]
    if not column.required:
        return None
    return _number_or_moment(column)


def _number_or_moment(column: Column) -> Any:
    if column.type == "uuid":
        return new_id()
    if column.type == "bytea":
        return secrets.token_bytes(32)
    if column.type == "boolean":
        return True
    if column.type in ("bigint", "integer"):
        return 1000 if column.name.endswith(("amount", "_bps")) else 1
    if column.type == "timestamp with time zone":
        return now()
    if column.type == "date":
        return now().date()
    raise AssertionError(f"no value is known for a column of type {column.type}: say one in tests/isolation/words.py")
