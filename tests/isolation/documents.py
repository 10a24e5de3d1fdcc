"""What a jsonb column of a filled row says, with what its readers need to find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.clock import now
from app.kernel.ids import new_id

if TYPE_CHECKING:
    from tests.isolation.words import Filled


FILE = ("id", "kind", "extension", "file_key", "size_bytes")


def document(store: Filled, word: str, table: str) -> Any:
    """A jsonb column, with what its readers need to find in it."""
    if table in ("material_pack", "material_version"):
        return _material(store, word, table)
    if table != "attribution_decision":
        return _small_document(word, table)
    return {
        "rule": "last_click", "line_title": word, "winner": _party(store, word), "losers": [], "window_days": 30,
        "rate_bps": 1000, "placed_at": now().isoformat(), "commission_amount": 100, "currency": "CNY",
    }  # fmt: skip


def _party(store: Filled, word: str) -> dict[str, Any]:
    """The click that won, as a receipt keeps it."""
    rows = store.rows
    return {
        "promoter": rows["promoter"]["id"], "promoter_name": word, "code": rows["tracked_link"]["code"], "label": word,
        "kind": "link", "occurred_at": now().isoformat(), "reason": "last_click", "click": rows["click"]["id"],
        "touch": rows["touch"]["id"], "link": rows["tracked_link"]["id"], "live_session": None,
    }  # fmt: skip


def _material(store: Filled, word: str, table: str) -> Any:
    """The texts of a pack, or the pack as it was published."""
    copies = [{"language": "en", "channel": "any", "words": word}]
    if table == "material_pack":
        return copies
    return {
        "title": word, "subject": word, "copies": copies, "templates": ["classic"], "price_amount": 1000,
        "was_amount": None, "ends_at": None,
        "files": [{name: store.rows["material_file"][name] for name in FILE}],
    }  # fmt: skip


def _small_document(word: str, table: str) -> Any:
    documents: dict[str, Any] = {
        "store_profile": {"brand": "#14603f"},
        "orders": {"recipient": word, "phone": word, "country": "CN", "city": word, "street": word},
        "attribution_policy": {},
        "attribution_replay": {},
        "book_check": {"transfers": 1},
        "commission_rule": {},
        "link_risk": [{"name": "burst", "percent": 50, "points": 20}],
        "rehearsal_order": [{"line_id": word, "sku": word, "name": word, "quantity": 1}],
        "link_batch": [{"what": word, "why": word}],
        "order_line": {"list": 1000, "total": 1000},
        "purchase_version": [
            {
                "variant": new_id(),
                "title": word,
                "sku": word,
                "supplier_sku": word,
                "drop_ship": False,
                "cost_amount": 100,
                "destination_kind": "point",
                "destination": new_id(),
                "label": word,
                "quantity": 1,
            }
        ],
        "external_sighting": {
            "platform": "douyin",
            "order_number": word,
            "line_key": word,
            "title": word,
            "quantity": 1,
            "sale_amount": 1000,
            "base_amount": 1000,
            "currency": "CNY",
            "status": "paid",
            "placed_at": now().isoformat(),
            "sharer": word,
        },
    }
    return documents.get(table, {"value": word})
