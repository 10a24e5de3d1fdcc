"""What a request may name: the store's own ids, handles, numbers and codes, by parameter name.

A new parameter name goes into `of_store` when it can name a row of a store, into `NEUTRAL` when it cannot.
"""

from __future__ import annotations

import types
import typing
from typing import Any, get_args, get_origin

import msgspec

import tenants
from app import koc, pickups
from app.flows import sheet_links
from app.kernel.clock import now
from app.orders.access import access_key, ticket_for
from infra import crypto
from tenants import lifecycle
from tests.isolation.words import Filled

# Parameters that name no row of any store, with a value worth sending.
NEUTRAL: dict[str, str] = {
    "lang": "en", "back": "/", "next": "/", "kind": "closed", "q": "o", "q_": "o", "status": "paid", "days": "30",
    "look": "1", "health": "bad", "plan": "starter", "schema": "1", "removed": "1", "undo": "1",
    "units": "1", "action": "order", "actor": "staff", "name": "theme.css", "page": "1", "sort": "new", "tab": "all",
    "view": "out", "age": "1d", "way": "sandbox", "stage": "dormant",
    "deed": "resolve", "day": "2026-11-20", "sla": "late",
    "token": "none", "secret": "none", "sign": "none", "state": "all", "period": "30", "range": "30", "from": "/",
    "payment_status": "paid", "fulfillment_status": "unfulfilled", "refund": "1", "preset": "tea",
    "item": "SKU", "tag": "gift", "aftersale": "open",
    "act": "pause", "check": "1", "start": "1", "waits": "merchant", "outcome": "matched",
    "provider": "stripe", "by": "sandbox",
    "template": "classic", "save": "1", "since": "1", "answer": "yes", "low": "30", "asked": "no",
    "format": "csv", "type": "all", "quantity": "1", "filter": "all", "ago": "1", "size": "1", "problem": "all",
    "year": "2026", "month": "0", "everything": "true",
    "platform": "douyin", "filter_": "open", "adapter": "jushuitan", "practice": "yes",
    "scenario": "calm", "orders": "10",
}  # fmt: skip
ADD_IT_HERE = "say in tests/isolation/candidates.py what it names"


def _sheet_key(store: Filled) -> str:
    with tenants.bind(store.tenant):
        return sheet_links.key(store.rows["fulfillment_order"]["reference"])


def of_store(store: Filled) -> dict[str, list[str]]:
    """Every way to name something of this store."""
    rows = store.rows
    ids = {f"{table}_id": [str(next(iter(row.values())))] for table, row in rows.items()}
    order, order_id = rows["orders"], rows["orders"]["id"]
    return ids | {
        "order_id": [str(order_id)],
        "point_id": [str(rows["pickup_point"]["id"])],
        "point": [str(rows["pickup_point"]["id"])],
        "batch_id": [str(rows["pickup_batch"]["id"]), str(rows["fulfillment_batch"]["id"])],
        "batch": [str(rows["fulfillment_batch"]["id"])],
        "card": [f"waiting:{rows['fulfillment_batch']['id']}"],
        "way": ["return"],
        "other": [str(rows["fulfillment_order"]["id"])],
        "work_order": [str(rows["fulfillment_order"]["id"])],
        "leader": [str(rows["promoter"]["id"])],
        "campaign": [str(rows["campaign"]["id"])],
        "slot": [rows["cps_slot"]["slot"]],
        "slot_id": [str(rows["live_slot"]["id"])],
        "gift_id": [str(rows["live_gift"]["id"])],
        "level_id": [str(rows["promoter_level"]["id"])],
        "terms_id": [str(rows["promoter_terms"]["id"])],
        "kind": ["closed", rows["ledger_account"]["kind"], "flash_sale"],
        "session_id": [str(rows["live_session"]["id"]), str(rows["session_that_is_over"]["id"])],
        "session": [str(rows["live_session"]["id"])],
        "link_id": [str(rows["tracked_link"]["id"])],
        "link": [str(rows["tracked_link"]["id"])],
        "address_id": [str(rows["customer_address"]["id"])],
        "address": [str(rows["customer_address"]["id"])],
        "picture_id": [str(rows["product_image"]["id"])],
        "image_id": [str(rows["product_image"]["id"])],
        "line_id": [str(rows["cart_line"]["id"]), str(rows["order_line"]["id"])],
        "dispute_id": [str(rows["aftersale"]["id"])],
        "account_id": [str(rows["ledger_account"]["id"])],
        "notice_id": [str(rows["webhook_event"]["id"])],
        "payment": [str(rows["payment"]["id"])],
        "payment_number": [rows["payment"]["number"]],
        "refund_number": [rows["refund"]["number"]],
        "payment_id": [str(rows["payment"]["id"])],
        "run_id": [str(rows["import_run"]["id"])],
        "job_id": [str(rows["outbox"]["id"])],
        "statement_id": [str(rows["psp_statement"]["id"])],
        "exception_id": [str(rows["fulfillment_exception"]["id"])],
        "exception": [str(rows["fulfillment_exception"]["id"])],
        "parcel_id": [str(rows["fulfillment"]["id"])],
        "work_order_id": [str(rows["fulfillment_order"]["id"])],
        "user_id": [str(store.merchant_login)],
        "login_id": [str(store.merchant_login), str(store.promoter_login), str(store.supplier_login)],
        "login": [str(store.merchant_login), str(store.promoter_login), str(store.supplier_login)],
        "tenant_id": [str(store.tenant.id)],
        "variant": [str(rows["variant"]["id"])],
        "product": [str(rows["product"]["id"])],
        "promoter": [str(rows["promoter"]["id"])],
        "warehouse": [str(rows["warehouse"]["id"])],
        "coupon": [str(rows["coupon"]["id"])],
        "copy": [str(rows["coupon"]["id"])],
        "collection": [str(rows["collection"]["id"]), rows["collection"]["handle"]],
        "slug": [store.tenant.slug],
        "store": [store.tenant.slug, str(store.tenant.id)],
        "handle": [rows["product"]["handle"], rows["collection"]["handle"]],
        "number": [order["number"], rows["payment"]["number"], rows["refund"]["number"]],
        "code": [
            rows["tracked_link"]["code"],
            rows["campaign"]["code"],
            rows["live_session"]["code"],
            pickups.codes.code_of(rows["pickup"]["order_id"], rows["pickup"]["code_round"]),
        ],
        "team": [rows["team_group"]["code"]],
        "sheet_key": [_sheet_key(store)],
        "order_ticket": [ticket_for(order_id, store.visitor, now())],
        "answer_key": [koc.answer_key(rows["koc_invitation"]["id"], store.tenant.id)],
        "team_id": [str(rows["team_group"]["id"])],
        "cart": [str(rows["cart"]["id"])],
        "key": [access_key(order_id), store.picture],
        "email": [rows["customer"]["email"]],
        "reference": [rows["fulfillment_order"]["reference"]],
        "after": [str(order_id), crypto.sign(str(order_id), "page")],
        "before": [str(order_id)],
        "ids": [str(rows["product"]["id"])],
        "id": [str(rows["product"]["id"]), str(order_id)],
    }


def secrets_of(store: Filled) -> dict[str, str]:
    """Path secrets of the store's webhooks, by kind."""
    return {kind: lifecycle.webhook_secret(store.tenant.id, kind) for kind in lifecycle.WEBHOOK_KINDS}


def unknown(names: list[str], store: Filled) -> list[str]:
    known = of_store(store)
    return [name for name in names if name not in known and name not in NEUTRAL]


def values(name: str, store: Filled) -> list[str]:
    assert not unknown([name], store), f"`{name}`: {ADD_IT_HERE}"
    return of_store(store).get(name) or [NEUTRAL[name]]


def form(struct: type[msgspec.Struct], store: Filled) -> dict[str, str]:
    """The form filled in: with the store's ids where a field can name one, else with something of the right type."""
    known, hints = of_store(store), typing.get_type_hints(struct, include_extras=True)
    return {
        field.encode_name: (known.get(field.encode_name) or [_sample(hints[field.name])])[0]
        for field in msgspec.structs.fields(struct)
    }


def body(struct: type[msgspec.Struct], store: Filled) -> dict[str, Any]:
    """The same for a JSON body: values of the right type, also inside."""
    known, hints = of_store(store), typing.get_type_hints(struct, include_extras=True)
    return {
        field.encode_name: _valued(hints[field.name], (known.get(field.encode_name) or [""])[0], store)
        for field in msgspec.structs.fields(struct)
    }


def _valued(kind: Any, known: str, store: Filled) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is typing.Annotated or origin in (typing.Union, types.UnionType):
        return _valued(inner[0], known, store)
    if origin is list:
        return [_valued(inner[0], known, store)]
    if origin is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return body(kind, store)
    return known or {bool: True, int: 1}.get(kind, _sample(kind))


def _sample(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is typing.Annotated:
        return _sample(inner[0])
    if origin in (typing.Union, types.UnionType, list):
        return _sample(inner[0])
    if origin is typing.Literal:
        return str(inner[0])
    return {bool: "on", int: "1", str: "something"}.get(kind, "1")
