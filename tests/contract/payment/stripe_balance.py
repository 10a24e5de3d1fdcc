"""The part of Stripe that lists what moved an account's balance."""

from __future__ import annotations

import time
from typing import Any

Json = dict[str, Any]


class Balance:
    """The newest last. A source that later changes is shown as it is now."""

    def __init__(self) -> None:
        self.moves: list[Json] = []

    def move(self, category: str, source: Json, *, fee: int = 0, at: float = 0, currency: str = "") -> Json:
        amount = source.get("amount", 0)
        moved = {
            "id": f"txn_{len(self.moves) + 1}", "object": "balance_transaction", "reporting_category": category,
            "type": category, "amount": -amount if category == "refund" else amount, "fee": fee,
            "created": int(at or time.time()), "currency": currency or source.get("currency", "cny"), "source": source,
        }  # fmt: skip
        self.moves.append(moved)
        return moved

    def list(self, form: Json) -> Json:
        since, until = int(form["created"]["gte"]), int(form["created"]["lt"])
        found = [each for each in reversed(self.moves) if since <= each["created"] < until]
        if after := form.get("starting_after"):
            found = found[[each["id"] for each in found].index(after) + 1 :]
        limit = int(form.get("limit", 10))
        shown = found[:limit]
        if "data.source" not in form.get("expand", {}).values():
            shown = [each | {"source": each["source"]["id"]} for each in shown]
        return {"object": "list", "data": shown, "has_more": len(found) > limit}
